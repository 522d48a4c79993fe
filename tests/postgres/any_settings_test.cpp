// A job ends the same whatever the database has set: every setting that a role or a database can carry, each with every
// unusual value that still lets anybody work. One job has bad rows, held rows and a trigger.
#include <future>

#include "support/run_job_fixture.h"
#include "support/unusual_settings.h"

namespace pgfill::tests {
namespace {

using namespace std::chrono_literals;

constexpr int rows = 200;

class AnySettings : public RunJob {
 protected:
  /// Lets the rows go that a session holds as soon as the job has gone around them.
  class Releasing : public Observer {
   public:
    explicit Releasing(Database& holder) : holder_(holder) {}
    void on_event(const Event& event) override {
      if (std::holds_alternative<event::RowsDeferred>(event.body)) release();
      if (std::holds_alternative<event::Stopped>(event.body)) release();
    }
    void on_progress(const Progress&) override {}
    void release() {
      if (!std::exchange(held_, false)) return;
      holder_.execute("COMMIT");
    }

   private:
    Database& holder_;
    bool held_ = true;
  };

  AnySettings() : holder_(scratch_.conninfo(), "slow application") {
    database_.execute(
        "SET client_min_messages = error;"
        "CREATE SCHEMA hostile;"
        "CREATE ACCESS METHOD any_settings TYPE TABLE HANDLER heap_tableam_handler;"
        "CREATE FUNCTION hostile.clock_timestamp() RETURNS timestamptz LANGUAGE sql AS 'SELECT NULL::timestamptz';"
        "CREATE FUNCTION hostile.to_char(timestamp, text) RETURNS text LANGUAGE sql AS 'SELECT ''hostile''';"
        "CREATE FUNCTION hostile.jsonb_array_length(jsonb) RETURNS int LANGUAGE sql AS 'SELECT 0';"
        "CREATE FUNCTION hostile.pg_backend_pid() RETURNS int LANGUAGE sql AS 'SELECT 1';"
        "CREATE FUNCTION hostile.to_regclass(text) RETURNS regclass LANGUAGE sql AS 'SELECT NULL::regclass';"
        "CREATE FUNCTION hostile.string_agg(text, text) RETURNS text LANGUAGE sql AS 'SELECT NULL::text';"
        "CREATE TABLE seed AS SELECT i::bigint AS id, i AS i, (i + 23) % 200 AS v,"
        "  '2024-05-01 00:00+00'::timestamptz + i * interval '17 minutes' AS at, ('\\x00' || to_hex(i + 4096))::bytea "
        "AS raw,"
        "  make_interval(days => -i, mins => i) AS span, NULL::text AS told, NULL::text AS ratio, 0 AS n, 0 AS seen "
        "  FROM generate_series(1, " +
        std::to_string(rows) +
        ") AS g(i);"
        "CREATE TABLE items (LIKE seed, PRIMARY KEY (id)); CREATE TABLE plain (LIKE seed, PRIMARY KEY (id));"
        "CREATE FUNCTION see() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN new.seen := new.seen + 1; RETURN new; END';"
        "CREATE TRIGGER see BEFORE UPDATE ON items FOR EACH ROW EXECUTE FUNCTION public.see();"
        "CREATE TRIGGER see BEFORE UPDATE ON plain FOR EACH ROW EXECUTE FUNCTION public.see()");
  }

  ~AnySettings() override {
    database_.execute("DROP SCHEMA IF EXISTS pgfill CASCADE");
    if (has_tablespace_) database_.execute("DROP TABLESPACE any_settings");
  }

  void make_tablespace() {
    database_.execute("SET allow_in_place_tablespaces = on");
    database_.execute("CREATE TABLESPACE any_settings LOCATION ''");
    database_.execute("RESET allow_in_place_tablespaces");
    has_tablespace_ = true;
  }

  /// Row 177 divides by zero.
  static JobSpec spec() {
    JobSpec spec;
    spec.job = "any-setting";
    spec.schema = "public";
    spec.table = "items";
    spec.set() = {{"told", "at::text || raw::text || span::text"},
                  {"ratio", "(100::float8 / (i / nullif(v, 0) + v / v))::text"},
                  {"n", "n + 1"}};
    spec.where = "n = 0";
    spec.batch.min_rows = spec.batch.max_rows = 60;
    spec.bad_rows.action = BadRows::Action::quarantine;
    spec.throttle.courtesy = false;
    return spec;
  }

  static std::string plain_update() {
    std::string statement = "UPDATE public.plain SET ";
    const JobSpec made = spec();
    for (const Assignment& assignment : made.set()) {
      statement += (statement.back() == ' ' ? "" : ", ") + assignment.column + " = " + assignment.expression;
    }
    return statement + " WHERE n = 0 AND v <> 0";
  }

  void begin_anew() {
    database_.execute(
        "DROP SCHEMA IF EXISTS pgfill CASCADE; TRUNCATE items, plain; INSERT INTO items TABLE seed;"
        "INSERT INTO plain TABLE seed");
    holder_.execute("BEGIN; SELECT FROM items WHERE id IN (3, 150) FOR UPDATE");
  }

  /// What differs from the job under no setting at all; empty: nothing.
  std::string difference(const std::vector<Trial>& trials) {
    begin_anew();
    for (const Trial& trial : trials) {
      database_.execute("ALTER DATABASE " + scratch_.name() + " SET " + trial.name + " TO " + trial.value);
    }
    Releasing releasing(holder_);
    Control control;
    RunOptions options;
    options.workers = 2;
    const RunReport report = run_job(spec(), settings_, options, control, releasing);
    releasing.release();
    std::string found = difference_of(report);
    if (found.empty()) found = difference_of_people();
    database_.execute("ALTER DATABASE " + scratch_.name() + " RESET ALL");
    return found;
  }

  std::string difference_of(const RunReport& report) {
    if (report.exit != ExitCode::stopped || report.error.code != ErrorCode::bad_rows) {
      return "ended with " + std::to_string(static_cast<int>(report.exit)) + ": " + report.error.message;
    }
    const std::string elsewhere = database_.value(
        "SELECT string_agg(c.relname, ', ') FROM pg_class AS c LEFT JOIN pg_am AS a ON a.oid = c.relam "
        "WHERE c.relnamespace = 'pgfill'::regnamespace AND (c.reltablespace <> 0 OR a.amname = 'any_settings')");
    if (elsewhere != "NULL") return "kept elsewhere: " + elsewhere;
    Database(scratch_.conninfo()).execute(plain_update());
    const std::string other = database_.value(
        "SELECT count(*) || ' rows, for instance ' || min(o::text) FROM (TABLE items EXCEPT TABLE plain) AS o HAVING "
        "count(*) > 0");
    if (!other.empty()) return "other values: " + other;
    const std::string ledger = database_.value(
        "SELECT format('%s changed, %s done, quarantined %s', (SELECT sum(rows_changed) FROM pgfill.range), "
        "(SELECT bool_and(done) FROM pgfill.range), (SELECT array_agg(key[1] || ' ' || sqlstate || ' ' || state) FROM "
        "pgfill.skipped))");
    return ledger == "197 changed, t done, quarantined {\"177 22012 quarantined\"}" ||
                   ledger == "199 changed, t done, quarantined {\"177 22012 quarantined\"}"
               ? ""
               : ledger;
  }

  /// Says with pgfill's functions what people say, in a session that has the settings.
  std::string difference_of_people() {
    try {
      Database session(scratch_.conninfo());
      const std::string told = session.value("SELECT pgfill.pause('any-setting', 'why')") +
                               session.value("SELECT pgfill.resume('any-setting')") +
                               session.value("SELECT pgfill.set('any-setting', 'batch.time', '7 ms')") +
                               session.value("SELECT state || ' ' || rows_changed FROM pgfill.status('any-setting')");
      const Result<JobStatus> status = job_status(settings_, "any-setting");
      if (!status) return "status: " + status.error().message;
      if (!status->created_at.starts_with("20")) return "status by a function of others: " + status->created_at;
      return told.find("failed 19") != std::string::npos ? "" : told;
    } catch (const postgres::Failure& failure) {
      return std::string("people: ") + failure.what();
    }
  }

  Database holder_;
  bool has_tablespace_ = false;
};

TEST_F(AnySettings, MakeNoDifferenceToAJob) {
  make_tablespace();
  ASSERT_EQ(difference({}), "");
  const UnusualSettings unusual(database_);
  EXPECT_EQ(unusual.without_value, "") << "need a value in unusual_settings.cpp";
  for (const Trial& trial : unusual.alone) EXPECT_EQ(difference({trial}), "") << described({trial});
  for (const std::vector<Trial>& trials : unusual.together) {
    if (trials.empty() || difference(trials).empty()) continue;
    std::string guilty;
    for (const Trial& trial : trials) {
      const std::string other = difference({trial});
      if (!other.empty()) guilty += described({trial}) + ": " + other + '\n';
    }
    ADD_FAILURE() << (guilty.empty() ? "only together: " + described(trials) : guilty);
  }
}

TEST_F(AnySettings, WhereNobodyMayWriteAJobIsRefusedBeforeItBegins) {
  database_.execute("ALTER DATABASE " + scratch_.name() + " SET default_transaction_read_only = on");
  const RunReport report = run(spec());
  EXPECT_EQ(report.exit, ExitCode::refused) << report.error.message;
  EXPECT_NE(report.error.message.find("default_transaction_read_only"), std::string::npos) << report.error.message;
}

}  // namespace
}  // namespace pgfill::tests
