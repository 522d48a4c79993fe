#include "support/key_subject.h"

#include <algorithm>
#include <chrono>
#include <stdexcept>

namespace pgfill::tests {
namespace {

/// Rows are found by number. What is there at the start has numbers from 1 in the order of the key, so that an
/// application that goes down by number meets a job that goes up; `spare` has the keys that no row had yet.
constexpr sql::Statement read{"read", "SELECT a, d, n FROM public.subject WHERE number = $1::bigint"};
constexpr sql::Statement lock{"lock", "SELECT uid FROM public.subject WHERE number = $1::bigint FOR UPDATE"};
constexpr sql::Statement log_change{
    "log_change",
    "INSERT INTO public.application_ledger (op, key, uid, kind, delta) "
    "SELECT $2::bigint, number, uid, 'change', $3::int FROM public.subject WHERE number = $1::bigint"};
constexpr sql::Statement change{
    "change", "UPDATE public.subject SET a = a + $2::int, d = (a + $2::int) * 2 + 1 WHERE number = $1::bigint"};
constexpr sql::Statement log_delete{
    "log_delete",
    "INSERT INTO public.application_ledger (op, key, uid, kind, delta) "
    "SELECT $2::bigint, number, uid, 'delete', 0 FROM public.subject WHERE number = $1::bigint"};
constexpr sql::Statement remove{"remove", "DELETE FROM public.subject WHERE number = $1::bigint"};

/// key_above(one, other): a key of the ledger is above another, by the types and collations of the table's key.
constexpr const char* create_key_above = R"sql(
DO $$
DECLARE
  one text;
  other text;
BEGIN
  SELECT string_agg(format('($1[%s])::%s', place, type), ', ' ORDER BY place),
         string_agg(format('($2[%s])::%s', place, type), ', ' ORDER BY place) INTO one, other
  FROM (SELECT place, format_type(atttypid, atttypmod) ||
               CASE WHEN attcollation <> 0 THEN ' COLLATE ' || attcollation::regcollation ELSE '' END AS type
        FROM (SELECT * FROM pg_index WHERE indrelid = 'public.subject'::regclass AND indisunique) AS i,
             unnest(i.indkey) WITH ORDINALITY AS k(attnum, place)
        JOIN pg_attribute ON attrelid = 'public.subject'::regclass AND pg_attribute.attnum = k.attnum) AS columns;
  EXECUTE format('CREATE FUNCTION public.key_above(text[], text[]) RETURNS bool LANGUAGE sql STABLE AS '
                 '$f$ SELECT ROW(%s) > ROW(%s) $f$', one, other);
END
$$)sql";

/// The same of positions in the table's file.
constexpr const char* create_position_above =
    "CREATE FUNCTION public.key_above(text[], text[]) RETURNS bool LANGUAGE sql STABLE AS "
    "'SELECT ($1[1])::tid > ($2[1])::tid'";

/// Such a job may set nothing that is not NULL: a trigger does the rest.
constexpr const char* create_filling =
    "CREATE FUNCTION public.fill() RETURNS trigger LANGUAGE plpgsql AS "
    "'BEGIN new.n := old.n + 1; new.d := new.a * 2 + 1; RETURN new; END';"
    "CREATE TRIGGER fill BEFORE UPDATE OF filled ON public.subject FOR EACH ROW EXECUTE FUNCTION public.fill()";

/// What a job takes at least, so that there is something to be killed.
constexpr std::chrono::milliseconds wanted_time{1'200};

struct Question {
  const char* name;
  const char* text;  ///< answers (violations, sample, compared)
};

/// One key may be written in two ways, char(n) with its blanks and without: then a step leads to where it began.
constexpr Question steps_follow{"every step of a range follows the one before", R"sql(
WITH steps AS (
  SELECT *, lag(new_cursor) OVER w AS before, lag(new_stripe) OVER w AS stripe_before, lag(epoch) OVER w AS epoch_before, row_number() OVER w AS step
  FROM public.range_audit WINDOW w AS (PARTITION BY range_id ORDER BY seq)
), judged AS (
  SELECT format('range %s step %s from %s to %s', range_id, step, old_cursor, new_cursor) AS step,
         (step = 1 OR (old_cursor IS NOT DISTINCT FROM before AND old_stripe = stripe_before))
         AND (new_stripe > old_stripe OR new_cursor IS NOT DISTINCT FROM old_cursor OR old_cursor IS NULL
              OR NOT public.key_above(old_cursor, new_cursor))
         AND new_stripe >= old_stripe
         AND epoch >= coalesce(epoch_before, epoch)
         AND (epoch = old_epoch OR (new_cursor IS NOT DISTINCT FROM old_cursor AND new_stripe = old_stripe)) AS "right"
  FROM steps
)
SELECT count(*) FILTER (WHERE NOT "right"), min(step) FILTER (WHERE NOT "right"), count(*) FROM judged)sql"};

/// Each goes up to where exactly one other begins, from the only one without a lower end to the only one without an
/// upper: then they are one chain.
constexpr Question ranges_tile{"ranges cover every key once", R"sql(
WITH judged AS (
  SELECT 'range ' || range_id AS range,
         done AND (lower_key IS NULL OR upper_key IS NULL OR public.key_above(upper_key, lower_key))
         AND (SELECT count(*) FROM pgfill.range AS o WHERE o.lower_key IS NOT DISTINCT FROM r.lower_key) = 1
         AND (SELECT count(*) FROM pgfill.range AS o WHERE o.upper_key IS NOT DISTINCT FROM r.upper_key) = 1
         AND (upper_key IS NULL OR EXISTS (SELECT FROM pgfill.range AS o WHERE o.lower_key = r.upper_key)) AS "right"
  FROM pgfill.range AS r
)
SELECT count(*) FILTER (WHERE NOT "right"), min(range) FILTER (WHERE NOT "right"), count(*) FROM judged)sql"};

/// A transaction that had a number when the last range ended held its lock on the table by then, so the job waits for
/// it and finds what it inserted.
constexpr Question inserted_done{"rows inserted before the last range ended are done", R"sql(
WITH ended AS (
  SELECT pg_snapshot_xmax(seen) AS horizon FROM public.range_audit
  WHERE new_cursor IS DISTINCT FROM old_cursor OR new_stripe <> old_stripe ORDER BY seq DESC LIMIT 1
), inserted AS (
  SELECT s.uid, s.n, l.transaction < ended.horizon AS due
  FROM public.subject AS s JOIN public.application_ledger AS l USING (uid), ended WHERE l.kind = 'insert'
)
SELECT count(*) FILTER (WHERE due AND n <> 1), min('uid=' || uid) FILTER (WHERE due AND n <> 1),
       count(*) FILTER (WHERE due) + 1 FROM inserted)sql"};

ConnectionSettings settings_of(const std::string& conninfo) {
  ConnectionSettings settings;
  settings.conninfo = conninfo;
  return settings;
}

/// Has everything that is the same for all kinds; no session stays in it, so that it can be copied.
const std::string& prepared_database() {
  static const ScratchDatabase scratch;
  static const bool made = [] {
    const ConnectionSettings settings = settings_of(scratch.conninfo());
    rig::create_subject(settings, 0);
    const auto installed = install_ledger(settings);
    if (!installed) throw std::runtime_error("no ledger: " + installed.error().message);
    rig::audit_ledger(settings);
    Database(settings.conninfo).execute(key_kind_types);
    return true;
  }();
  static_cast<void>(made);
  return scratch.name();
}

/// "k, k2" as "source.k, source.k2", or as "k = source.k, k2 = source.k2".
std::string listed(const std::string& names, const std::string& source, bool assigned) {
  std::string list;
  for (std::size_t from = 0; from < names.size();) {
    const std::size_t to = std::min(names.find(", ", from), names.size());
    const std::string name = names.substr(from, to - from);
    list += (from == 0 ? "" : ", ") + (assigned ? name + " = " : std::string()) + source + "." + name;
    from = to + 2;
  }
  return list;
}

}  // namespace

KeySubject::KeySubject(const KeySubjectOptions& options)
    : options_(options),
      scratch_(prepared_database()),
      connection_(settings_of(scratch_.conninfo())),
      database_(scratch_.conninfo()) {
  make_tables();
  load();
  const std::string names = options.kind.names();
  insert_ = {"insert", "WITH made AS (INSERT INTO public.subject (number, a, d, " + names +
                           ") SELECT number, $3::int, $3::int * 2 + 1, " + names +
                           " FROM public.spare WHERE number = $1::bigint RETURNING number, uid, a) "
                           "INSERT INTO public.application_ledger (op, key, uid, kind, delta) "
                           "SELECT $2::bigint, number, uid, 'insert', a FROM made"};
  move_ = {"move", "UPDATE public.subject AS s SET " + listed(names, "spare", true) +
                       " FROM public.spare WHERE s.number = $1::bigint AND spare.number = $2::bigint"};
}

void KeySubject::make_tables() {
  const KeyKind& kind = options_.kind;
  database_.execute(
      "DROP TABLE subject;"
      "CREATE TABLE subject (number bigint NOT NULL, uid uuid NOT NULL DEFAULT gen_random_uuid(), a int NOT NULL, "
      "d int, n int NOT NULL DEFAULT 0, filled int, " +
      kind.columns + ");" + (options_.keyless ? "" : kind.make_key("subject") + ";") +
      "CREATE INDEX ON subject (number);"
      "CREATE TRIGGER audit AFTER UPDATE OF n, filled ON subject FOR EACH ROW EXECUTE FUNCTION audit_subject();"
      "CREATE TABLE pool (" +
      kind.columns + ");" + kind.make_key("pool"));
  database_.execute(options_.physical ? create_position_above : create_key_above);
  if (options_.physical) database_.execute(create_filling);
}

/// Of all keys made two thirds are given to rows.
void KeySubject::load() {
  const KeyKind& kind = options_.kind;
  const std::string names = kind.names();
  database_.execute("SELECT setseed(" + std::to_string(options_.seed % 100'000U) + " / 100000.0);INSERT INTO pool (" +
                    names + ") VALUES " + kind.edges + " ON CONFLICT DO NOTHING;INSERT INTO pool (" + names +
                    ") SELECT " + kind.values + " FROM generate_series(1, " + std::to_string(options_.rows * 3 / 2) +
                    ") i ON CONFLICT DO NOTHING");
  database_.execute(
      "CREATE TABLE drawn AS SELECT *, random() < 0.667 AS used FROM pool;INSERT INTO subject (number, a, " + names +
      ") SELECT row_number() OVER (ORDER BY " + names + "), floor(random() * 1000), " + names +
      " FROM drawn WHERE used;INSERT INTO subject_start (k, uid, a) SELECT number, uid, a FROM subject");
  rows_ = database_.integer("SELECT count(*) FROM subject");
  // The writers take places from the one after next above the rows.
  database_.execute("CREATE TABLE spare AS SELECT row_number() OVER (ORDER BY random()) + " +
                    std::to_string(rows_ + 1) + " AS number, " + names +
                    " FROM drawn WHERE NOT used;CREATE INDEX ON spare (number);ANALYZE subject");
}

void KeySubject::pace(int batch_rows, int workers) {
  const double batches = static_cast<double>(rows_) / batch_rows;
  const double pause = std::chrono::duration<double>(wanted_time).count() * workers / batches;
  database_.execute(
      "CREATE FUNCTION pace() RETURNS trigger LANGUAGE plpgsql AS "
      "'BEGIN PERFORM pg_sleep(tg_argv[0]::float8); RETURN NULL; END';"
      "CREATE TRIGGER pace BEFORE UPDATE ON subject FOR EACH STATEMENT "
      "WHEN (current_setting('application_name') LIKE 'pgfill:%') EXECUTE FUNCTION pace(" +
      std::to_string(pause) + ")");
}

rig::Workload KeySubject::workload() const {
  rig::Workload workload{rows_, 1, read, lock, log_change, change, insert_, log_delete, remove};
  workload.move = move_;
  return workload;
}

std::string KeySubject::spec(int batch_rows, int workers) const {
  const std::string size = std::to_string(batch_rows);
  const std::string rows = options_.physical      ? "set: {filled: a}\nwhere: filled IS NULL\norder: physical\n"
                           : options_.conditional ? "set: {n: n + 1, d: a * 2 + 1}\nwhere: n = 0\n"
                                                  : "set: {n: n + 1, d: a * 2 + 1}\n";
  return "version: 1\njob: subject\ntable: public.subject\n" + rows + "batch: {min_rows: " + size +
         ", max_rows: " + size + "}\nworkers: " + std::to_string(workers) +
         "\nstripes: " + (batch_rows % 2 == 0 ? "on" : "off") + "\nthrottle: {courtesy: no}\n";
}

std::int64_t KeySubject::rows_changed() {
  return database_.integer("SELECT coalesce(sum(rows_changed), 0)::bigint FROM pgfill.range");
}

std::int64_t KeySubject::steps() {
  return database_.integer("SELECT coalesce(max(seq), 0) FROM range_audit");
}

bool KeySubject::ranges_done() {
  return database_.value("SELECT bool_and(done) FROM pgfill.range") == "t";
}

rig::Verdict KeySubject::judge(const std::vector<std::int64_t>& acknowledged) {
  rig::Verdict verdict = rig::judge_subject_rows(connection_, acknowledged);
  std::vector<Question> questions{steps_follow, ranges_tile};
  if (options_.conditional) questions.push_back(inserted_done);
  for (const Question& question : questions) {
    const postgres::Rows answer = database_.rows(question.text);
    verdict.checks.push_back(
        {question.name, answer.integer(0, 2), answer.integer(0, 0), answer.optional_text(0, 1).value_or("")});
  }
  return verdict;
}

}  // namespace pgfill::tests
