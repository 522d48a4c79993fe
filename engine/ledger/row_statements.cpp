#include "ledger/row_statements.h"

#include "ledger/row_condition.h"
#include "sql/row_condition.h"

namespace pgfill::ledger {

using sql::both;
using sql::BuiltStatement;
using sql::element;
using sql::in_brackets;
using sql::Numbering;
using sql::RowLock;
using sql::Sides;
using sql::Target;

namespace {

std::string change_text(const Target& target, const std::string& rows) {
  const std::string condition = both(rows, to_change_joined(target));
  return target.change(target) + (condition.empty() ? "" : "\nWHERE " + condition);
}

/// Whether a changed row fulfils the condition again.
std::string fulfils_still(const Target& target) {
  const std::string condition = condition_joined(target);
  return condition.empty() ? "true" : condition;
}

/// The change of a batch, as pgfill.run_batch runs it.
std::string batch_text(const Target& target, const std::string& rows) {
  if (!target.asks_again) return change_text(target, rows);
  return "WITH pgfill_changed AS (\n" + change_text(target, rows) + "\nRETURNING " + fulfils_still(target) +
         " AS pgfill_again\n)\nSELECT count(*), coalesce(bool_or(pgfill_again), false) FROM pgfill_changed";
}

/// As strongly as the change will.
std::string locking(const Target& target) {
  return std::string("\nFOR ") + (target.lock == RowLock::update ? "UPDATE" : "NO KEY UPDATE") + " OF " +
         visible_name(target);
}

/// Locks what is free, so that the change itself waits for nobody.
std::string lock_free_rows(const Target& target) {
  return locking(target) + " SKIP LOCKED\n)";
}

/// For the statement after it in the same transaction: the keys that are locked.
std::string keep_locked() {
  return "pg_catalog.set_config('pgfill.locked', (SELECT coalesce(pg_catalog.jsonb_agg(key), '[]')\n"
         "FROM pgfill_free)::text, true)";
}

std::string was_locked(const Target& target) {
  return key_array(target) +
         " IN (SELECT ARRAY(SELECT pg_catalog.jsonb_array_elements_text(pgfill_key))\n"
         "FROM pg_catalog.jsonb_array_elements(pg_catalog.current_setting('pgfill.locked')::jsonb) AS pgfill_key)";
}

/// The rows of a batch, whose job is the element after its interval where that is asked for.
std::string rows_of_batch(const Target& target, Sides sides, bool around_skipped) {
  const std::string job = element(Numbering(target, sides).upcoming(), "bigint");
  std::string condition = interval(target, sides, element);
  if (around_skipped)
    condition = both(condition, target.reads_other_rows ? was_locked(target) : not_skipped(target, job));
  return target.may_insert ? both(condition, not_inserted_by(target, job)) : condition;
}

std::string count_text(const Target& target, const std::string& rows) {
  if (!counts_kept(target)) return "";
  const std::string condition = both(rows, in_brackets(target.where));
  return "SELECT count(*) FROM (SELECT 1 FROM " + from_item(target) +
         (condition.empty() ? "" : "\nWHERE " + condition) + (target.may_keep ? locking(target) : "") +
         "\n) AS pgfill_matching";
}

/// The listed rows of a visit; those of them that are free, locked now; and those that others hold.
std::string due_free_and_held(const Target& target) {
  const std::string table = " JOIN " + from_item(target) + " ON ";
  const std::string matches = counts_kept(target) && !target.where.empty() ? in_brackets(target.where) : "true";
  return "WITH pgfill_due AS MATERIALIZED (\nSELECT key, range_id FROM pgfill.skipped\n"
         "WHERE job_id = $1::bigint AND relation_id = " +
         relation_of(target, "$1::bigint") +
         " AND state = $4 AND ($2::text[] IS NULL OR key > $2::text[])\n"
         "ORDER BY key LIMIT $3::bigint FOR UPDATE SKIP LOCKED\n), pgfill_free AS MATERIALIZED (\n"
         // The condition may speak of a column `key` of its own.
         "SELECT pgfill_one.pgfill_key AS key, " +
         matches + " AS pgfill_matches FROM (SELECT key AS pgfill_key FROM pgfill_due) AS pgfill_one" + table +
         key_equals(target, "pgfill_one.pgfill_key") + lock_free_rows(target) +
         ", pgfill_held AS MATERIALIZED (\nSELECT pgfill_due.key FROM pgfill_due" + table +
         key_equals(target, "pgfill_due.key") + "\nEXCEPT SELECT key FROM pgfill_free\n)";
}

/// What the ledger keeps of a visit, and its answer.
std::string noted_and_counted(const Target& target) {
  const std::string changed = "(SELECT count(*) FROM pgfill_changed)";
  const std::string kept =
      counts_kept(target) ? "greatest(0, (SELECT count(*) FROM pgfill_free WHERE pgfill_matches) - " + changed + ")"
                          : "0";
  return ", pgfill_noted AS (\nINSERT INTO pgfill.change (job_id, xid)\n"
         "SELECT $1::bigint, pg_current_xact_id()::xid WHERE EXISTS (SELECT FROM " +
         std::string(target.may_keep ? "pgfill_free" : "pgfill_changed") +
         ")\n), pgfill_counted AS (\nUPDATE pgfill.range\nSET rows_changed = rows_changed + " + changed +
         (counts_kept(target) ? ",\n    rows_kept = rows_kept + " + kept : "") +
         "\nWHERE job_id = $1::bigint AND range_id = (SELECT min(range_id) FROM pgfill_due)\n)\n"
         "SELECT (SELECT count(*) FROM pgfill_due), " +
         changed + ",\n       (SELECT count(*) FROM pgfill_held), (SELECT max(key) FROM pgfill_due), " + kept +
         (target.limited ? ",\n       pgfill.take_allowance($1::bigint, " + changed + ")" : "");
}

}  // namespace

BuiltStatement batch_change(const Target& target, Sides sides) {
  return {name_of("change", sides), batch_text(target, rows_of_batch(target, sides, false))};
}

BuiltStatement batch_around_skipped(const Target& target, Sides sides) {
  return {name_of("change_around", sides), batch_text(target, rows_of_batch(target, sides, true))};
}

BuiltStatement count_matching(const Target& target, Sides sides) {
  return {name_of("count", sides), count_text(target, rows_of_batch(target, sides, false))};
}

BuiltStatement count_around_skipped(const Target& target, Sides sides) {
  return {name_of("count_around", sides), count_text(target, rows_of_batch(target, sides, true))};
}

// Names of a WITH hide tables of the same name from the job's expressions, so they bear a prefix no table has.
BuiltStatement defer_held(const Target& target, Sides sides) {
  Numbering parameters(target, sides);
  const std::string job = parameters.next("bigint");
  const std::string range = parameters.next("bigint");
  const std::string wanted = target.reads_other_rows ? std::string() : to_change(target);
  std::string condition = both(interval(target, sides), wanted);
  if (target.may_insert) condition = both(condition, not_inserted_by(target, job));
  const std::string matching = "SELECT " + key_array(target) + " AS key FROM " + from_item(target) +
                               (condition.empty() ? "" : " WHERE " + condition);
  return {name_of("defer_held", sides),
          "WITH pgfill_matching AS MATERIALIZED (\n" + matching + "\n), pgfill_free AS MATERIALIZED (\n" + matching +
              lock_free_rows(target) +
              ", pgfill_listed AS (\nINSERT INTO pgfill.skipped (job_id, relation_id, range_id, key, state)\nSELECT " +
              job + ", " + relation_of(target, job) + ", " + range +
              ", key, 'deferred' FROM (SELECT key FROM pgfill_matching EXCEPT SELECT key FROM pgfill_free) AS h\n" +
              "ON CONFLICT (job_id, relation_id, key) DO NOTHING RETURNING 1\n)\nSELECT count(*)" +
              (target.reads_other_rows ? ", " + keep_locked() : std::string()) + " FROM pgfill_listed"};
}

BuiltStatement revisit_skipped(const Target& target) {
  std::string rows = "(" + key_list(target) + ") IN (SELECT ";
  for (std::size_t i = 0; i < target.key.size(); ++i) rows += (i == 0 ? "" : ", ") + key_element(target, "key", i);
  rows += " FROM pgfill_free)";
  if (target.may_insert) rows = both(rows, not_inserted_by(target, "$1::bigint"));
  return {
      "pgfill_revisit_skipped",
      due_free_and_held(target) + ", pgfill_changed AS (\n" + change_text(target, rows) + "\nRETURNING " +
          (target.asks_again ? fulfils_still(target) : "false") +
          " AS pgfill_again\n), pgfill_told AS (\nUPDATE pgfill.job SET done_rows_meet = true\n"
          "WHERE id = $1::bigint AND NOT done_rows_meet AND EXISTS (SELECT FROM pgfill_changed WHERE pgfill_again)\n"
          "), pgfill_cleared AS (\nDELETE FROM pgfill.skipped AS s\n"
          // Bounds and a list to look it up in: however many rows the server believes to be listed, it reads these.
          "WHERE s.job_id = $1::bigint AND s.relation_id = " +
          relation_of(target, "$1::bigint") +
          " AND s.key >= (SELECT min(key) FROM pgfill_due)\n"
          "  AND s.key <= (SELECT max(key) FROM pgfill_due) AND (s.key NOT IN (SELECT key FROM pgfill_due\n"
          "      WHERE key NOT IN (SELECT key FROM pgfill_held))) IS NOT TRUE\n)" +
          noted_and_counted(target)};
}

BuiltStatement written_rows(const Target& striped, Sides sides) {
  const Target target = all_by_key(striped);
  Numbering parameters(target, sides);
  const std::string job = parameters.next("bigint");
  const std::string most = parameters.next("bigint");
  const std::string until = parameters.next("xid");
  // Done rows do not fulfil the condition in physical order; what the job's transactions wrote may be undone.
  std::string since = striped.by_position ? written_before(target, until) : written_since(target, job, until);
  if (striped.by_position && target.may_insert) since = both(not_inserted_by(target, job), since);
  const std::string found = both(interval(target, sides), to_change(target));
  const std::string condition = both(both(found, not_skipped(target, job)), since);
  return {name_of("written_rows", sides), "SELECT " + canonical_list(target) + ", " + relation_of(target, job) +
                                              "\nFROM " + from_item(target) + "\nWHERE " + condition + "\nLIMIT " +
                                              most};
}

BuiltStatement last_key_to_do(const Target& striped, Sides sides) {
  if (striped.by_position || !striped.may_insert) return last_key(striped, sides);
  const Target target = all_by_key(striped);
  const std::string others = not_inserted_by(target, Numbering(target, sides).next("bigint"));
  return {name_of("last_key_to_do", sides), select_keys(target, sides, " DESC", others) + "\nLIMIT 1"};
}

}  // namespace pgfill::ledger
