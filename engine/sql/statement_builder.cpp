#include "sql/statement_builder.h"

#include "sql/identifier.h"
#include "sql/key_text.h"

namespace pgfill::sql {
namespace {

std::string visible_name(const Target& target) {
  return quote_identifier(target.alias.empty() ? target.table : target.alias);
}

std::string from_item(const Target& target) {
  const std::string table = (target.only ? "ONLY " : "") + quote_qualified(target.schema, target.table);
  return target.alias.empty() ? table : table + " AS " + quote_identifier(target.alias);
}

/// `separator`-joined key columns, qualified so that no expression of the job can shadow them.
std::string key_list(const Target& target, std::string_view suffix = {}) {
  std::string list;
  for (const auto& [column, type] : target.key) {
    if (!list.empty()) list += ", ";
    list += visible_name(target) + '.' + quote_identifier(column) + std::string(suffix);
  }
  return list;
}

/// How a statement names its values: each a parameter, or all of them elements of one that is an array. The cast fixes
/// the type, so that the server parses the text with the type's own input.
using Bind = std::string (*)(std::size_t number, std::string_view type);

std::string parameter(std::size_t number, std::string_view type) {
  return '$' + std::to_string(number) + "::" + std::string(type);
}

std::string element(std::size_t number, std::string_view type) {
  return "($1::text[])[" + std::to_string(number) + "]::" + std::string(type);
}

std::string key_values(const Target& target, std::size_t first, Bind bind) {
  std::string list;
  for (std::size_t i = 0; i < target.key.size(); ++i) {
    if (i > 0) list += ", ";
    list += bind(first + i, target.key[i].second);
  }
  return list;
}

std::string compare(const Target& target, std::string_view operation, std::size_t first, Bind bind) {
  if (target.key.size() == 1) {
    return key_list(target) + ' ' + std::string(operation) + ' ' + key_values(target, first, bind);
  }
  return '(' + key_list(target) + ") " + std::string(operation) + " (" + key_values(target, first, bind) + ')';
}

/// How many parameters the keys of an interval take.
std::size_t parameters_of(const Target& target, Sides sides) {
  return target.key.size() * ((sides.lower ? 1U : 0U) + (sides.upper ? 1U : 0U));
}

/// Neighbours in the order of the key fall into different stripes, or at random into any.
std::string stripe(const Target& target) {
  const bool by_bits = target.key.size() == 1 && is_integer(target.key.front().second);
  const std::string number = by_bits ? key_list(target) : "hash_record_extended(ROW(" + key_list(target) + "), 0)";
  return '(' + number + " & " + std::to_string(target.stripes - 1) + ')';
}

/// The interval as a condition.
std::string interval(const Target& target, Sides sides, Bind bind = parameter) {
  std::string condition;
  if (sides.lower) condition = compare(target, ">", 1, bind);
  if (sides.upper) {
    if (!condition.empty()) condition += " AND ";
    condition += compare(target, "<=", sides.lower ? target.key.size() + 1 : 1, bind);
  }
  if (target.stripes > 1) {
    const std::size_t first = parameters_of(target, sides) + 1;
    condition += (condition.empty() ? "" : " AND ") + stripe(target) + " BETWEEN " + bind(first, "int") + " AND " +
                 bind(first + 1, "int");
  }
  return condition;
}

/// Numbers of the parameters that come after the keys of an interval.
class Numbering {
 public:
  Numbering(const Target& target, Sides sides)
      : upcoming_(1 + parameters_of(target, sides) + (target.stripes > 1 ? 2U : 0U)) {}
  std::string next(std::string_view type) { return parameter(upcoming_++, type); }
  std::size_t upcoming() const { return upcoming_; }

 private:
  std::size_t upcoming_;
};

std::string in_brackets(const std::string& condition) {
  return condition.empty() ? "" : '(' + condition + "\n)";  // the break ends a comment of the spec
}

std::string both(const std::string& left, const std::string& right) {
  return left.empty() || right.empty() ? left + right : left + "\n  AND " + right;
}

std::string update_text(const Target& target, const std::string& rows) {
  std::string text = "UPDATE " + from_item(target) + "\nSET ";
  for (std::size_t i = 0; i < target.set.size(); ++i) {
    if (i > 0) text += ", ";
    text += quote_identifier(target.set[i].first) + " = (" + target.set[i].second + "\n)";
  }
  const std::string condition = both(rows, in_brackets(target.where));
  return condition.empty() ? text : text + "\nWHERE " + condition;
}

/// The update of a batch, as pgfill.run_batch runs it.
std::string batch_text(const Target& target, const std::string& rows) {
  if (!target.asks_again) return update_text(target, rows);
  return "WITH pgfill_changed AS (\n" + update_text(target, rows) + "\nRETURNING " + in_brackets(target.where) +
         " AS pgfill_again\n)\nSELECT count(*), coalesce(bool_or(pgfill_again), false) FROM pgfill_changed";
}

/// The key columns as the ledger writes them, whatever the settings of the transaction are; for statements that
/// evaluate expressions of the job as well.
std::string canonical_list(const Target& target) {
  std::string list;
  for (const auto& [column, type] : target.key) {
    const std::string value = visible_name(target) + '.' + quote_identifier(column);
    list += list.empty() ? "" : ", ";
    list += has_one_text(type) ? value + "::text" : "pgfill.canonical(" + value + ')';
  }
  return list;
}

/// The key as the ledger writes it.
std::string key_array(const Target& target) {
  return "ARRAY[" + canonical_list(target) + ']';
}

std::string not_skipped(const Target& target, const std::string& job) {
  return "NOT EXISTS (SELECT FROM pgfill.skipped AS pgfill_skipped WHERE pgfill_skipped.job_id = " + job +
         " AND pgfill_skipped.key = " + key_array(target) + ')';
}

/// One element of a key of the ledger, as a value of its column's type.
std::string key_element(const Target& target, std::string_view array, std::size_t column) {
  return '(' + std::string(array) + '[' + std::to_string(column + 1) + "])::" + target.key[column].second;
}

std::string key_equals(const Target& target, std::string_view array) {
  std::string condition;
  for (std::size_t i = 0; i < target.key.size(); ++i) {
    const std::string column = visible_name(target) + '.' + quote_identifier(target.key[i].first);
    condition += (i == 0 ? "" : " AND ") + column + " = " + key_element(target, array, i);
  }
  return condition;
}

/// Locks what is free as strongly as the update will, so that the update itself waits for nobody.
std::string lock_free_rows(const Target& target) {
  return std::string("\nFOR ") + (target.sets_unique_key ? "UPDATE" : "NO KEY UPDATE") + " OF " + visible_name(target) +
         " SKIP LOCKED\n)";
}

std::string name_of(std::string_view kind, Sides sides) {
  return "pgfill_" + std::string(kind) + (sides.lower ? "_from" : "") + (sides.upper ? "_to" : "");
}

Target without_stripes(Target target) {
  target.stripes = 1;
  return target;
}

/// Which rows others have written since the job began, before the transaction `until`: as their xmin tells, which
/// freezing leaves as it was.
std::string written_since(const Target& target, const std::string& job, const std::string& until) {
  const std::string writer = visible_name(target) + ".xmin";
  return "pg_catalog.age(" + writer +
         ") <= coalesce((SELECT pg_catalog.age(pgfill_job.began_at::xid) FROM pgfill.job AS pgfill_job "
         "WHERE pgfill_job.id = " +
         job +
         "), 2147483647)\n  AND NOT EXISTS (SELECT FROM pgfill.change AS pgfill_change WHERE pgfill_change.xid = " +
         writer + " AND pgfill_change.job_id = " + job + ")\n  AND (" + until + " IS NULL OR pg_catalog.age(" + writer +
         ") > pg_catalog.age(" + until + "))";
}

std::string select_keys(const Target& target, Sides sides, std::string_view direction) {
  const std::string condition = interval(target, sides);
  return "SELECT " + key_list(target, "::text") + "\nFROM " + from_item(target) +
         (condition.empty() ? "" : "\nWHERE " + condition) + "\nORDER BY " + key_list(target, direction);
}

}  // namespace

bool is_integer(std::string_view type) {
  return type == "smallint" || type == "integer" || type == "bigint";
}

BuiltStatement batch_update(const Target& target, Sides sides) {
  return {name_of("update", sides), batch_text(target, interval(target, sides, element))};
}

BuiltStatement batch_around_skipped(const Target& target, Sides sides) {
  const std::string job = element(Numbering(target, sides).upcoming(), "bigint");
  const std::string condition = both(interval(target, sides, element), not_skipped(target, job));
  return {name_of("update_around", sides), batch_text(target, condition)};
}

// Names of a WITH hide tables of the same name from the job's expressions, so they bear a prefix no table has.
BuiltStatement defer_held(const Target& target, Sides sides) {
  Numbering parameters(target, sides);
  const std::string job = parameters.next("bigint");
  const std::string range = parameters.next("bigint");
  const std::string condition = both(interval(target, sides), in_brackets(target.where));
  const std::string matching = "SELECT " + key_array(target) + " AS key FROM " + from_item(target) +
                               (condition.empty() ? "" : " WHERE " + condition);
  return {name_of("defer_held", sides),
          "WITH pgfill_matching AS MATERIALIZED (\n" + matching + "\n), pgfill_free AS MATERIALIZED (\n" + matching +
              lock_free_rows(target) +
              ", pgfill_listed AS (\nINSERT INTO pgfill.skipped (job_id, range_id, key, state)\nSELECT " + job + ", " +
              range +
              ", key, 'deferred' FROM (SELECT key FROM pgfill_matching EXCEPT SELECT key FROM pgfill_free) AS h\n" +
              "ON CONFLICT (job_id, key) DO NOTHING RETURNING 1\n)\nSELECT count(*) FROM pgfill_listed"};
}

BuiltStatement revisit_skipped(const Target& target) {
  const std::string joined =
      "SELECT pgfill_due.key FROM pgfill_due JOIN " + from_item(target) + " ON " + key_equals(target, "pgfill_due.key");
  std::string keys = "(" + key_list(target) + ") IN (SELECT ";
  for (std::size_t i = 0; i < target.key.size(); ++i) keys += (i == 0 ? "" : ", ") + key_element(target, "key", i);
  return {
      "pgfill_revisit_skipped",
      "WITH pgfill_due AS MATERIALIZED (\nSELECT key, range_id FROM pgfill.skipped\n"
      "WHERE job_id = $1::bigint AND state = $4 AND ($2::text[] IS NULL OR key > $2::text[])\n"
      "ORDER BY key LIMIT $3::bigint FOR UPDATE SKIP LOCKED\n), pgfill_free AS MATERIALIZED (\n" +
          joined + lock_free_rows(target) + ", pgfill_held AS MATERIALIZED (\n" + joined +
          "\nEXCEPT SELECT key FROM pgfill_free\n), pgfill_changed AS (\n" +
          update_text(target, keys + " FROM pgfill_free)") + "\nRETURNING " +
          (target.asks_again ? in_brackets(target.where) : "false") +
          " AS pgfill_again\n), pgfill_told AS (\nUPDATE pgfill.job SET done_rows_meet = true\n"
          "WHERE id = $1::bigint AND NOT done_rows_meet AND EXISTS (SELECT FROM pgfill_changed WHERE pgfill_again)\n"
          "), pgfill_cleared AS (\nDELETE FROM pgfill.skipped AS s\n"
          // Bounds and a list to look it up in: however many rows the server believes to be listed, it reads these.
          "WHERE s.job_id = $1::bigint AND s.key >= (SELECT min(key) FROM pgfill_due)\n"
          "  AND s.key <= (SELECT max(key) FROM pgfill_due) AND (s.key NOT IN (SELECT key FROM pgfill_due\n"
          "      WHERE key NOT IN (SELECT key FROM pgfill_held))) IS NOT TRUE\n"
          "), pgfill_noted AS (\nINSERT INTO pgfill.change (job_id, xid)\n"
          "SELECT $1::bigint, pg_current_xact_id()::xid WHERE EXISTS (SELECT FROM pgfill_changed)\n"
          "), pgfill_counted AS (\nUPDATE pgfill.range\n"
          "SET rows_changed = rows_changed + (SELECT count(*) FROM pgfill_changed)\n"
          "WHERE job_id = $1::bigint AND range_id = (SELECT min(range_id) FROM pgfill_due)\n)\n"
          "SELECT (SELECT count(*) FROM pgfill_due), (SELECT count(*) FROM pgfill_changed),\n"
          "       (SELECT count(*) FROM pgfill_held), (SELECT max(key) FROM pgfill_due)"};
}

BuiltStatement written_rows(const Target& striped, Sides sides) {
  const Target target = without_stripes(striped);
  Numbering parameters(target, sides);
  const std::string job = parameters.next("bigint");
  const std::string most = parameters.next("bigint");
  const std::string since = written_since(target, job, parameters.next("xid"));
  const std::string found = both(interval(target, sides), in_brackets(target.where));
  const std::string condition = both(both(found, not_skipped(target, job)), since);
  return {name_of("written_rows", sides), "SELECT " + canonical_list(target) + "\nFROM " + from_item(target) +
                                              "\nWHERE " + condition + "\nLIMIT " + most};
}

BuiltStatement nth_key(const Target& target, Sides sides) {
  Numbering parameters(target, sides);
  return {name_of("nth_key", sides),
          select_keys(target, sides, "") + "\nOFFSET " + parameters.next("bigint") + " - 1 LIMIT 1"};
}

BuiltStatement vacuum_table(const std::string& name) {
  return {"pgfill_vacuum", "VACUUM (TRUNCATE false) " + name};
}

BuiltStatement last_key(const Target& target, Sides sides) {
  return {name_of("last_key", sides), select_keys(without_stripes(target), sides, " DESC") + "\nLIMIT 1"};
}

}  // namespace pgfill::sql
