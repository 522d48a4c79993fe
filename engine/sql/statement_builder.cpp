#include "sql/statement_builder.h"

#include "sql/identifier.h"

namespace pgfill::sql {
namespace {

std::string visible_name(const Target& target) {
  return quote_identifier(target.alias.empty() ? target.table : target.alias);
}

std::string from_item(const Target& target) {
  const std::string table = quote_qualified(target.schema, target.table);
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

/// ($1::type, $2::type): casts fix the parameter types, so that the server parses the text with the key's own input.
std::string key_parameters(const Target& target, std::size_t first) {
  std::string list;
  for (std::size_t i = 0; i < target.key.size(); ++i) {
    if (i > 0) list += ", ";
    list += '$' + std::to_string(first + i) + "::" + target.key[i].second;
  }
  return list;
}

std::string compare(const Target& target, std::string_view operation, std::size_t first) {
  if (target.key.size() == 1) {
    return key_list(target) + ' ' + std::string(operation) + ' ' + key_parameters(target, first);
  }
  return '(' + key_list(target) + ") " + std::string(operation) + " (" + key_parameters(target, first) + ')';
}

/// The interval as a condition, and how many parameters it takes.
std::string interval(const Target& target, Sides sides) {
  std::string condition;
  if (sides.lower) condition = compare(target, ">", 1);
  if (sides.upper) {
    if (!condition.empty()) condition += " AND ";
    condition += compare(target, "<=", sides.lower ? target.key.size() + 1 : 1);
  }
  return condition;
}

std::string name_of(std::string_view kind, Sides sides) {
  return "pgfill_" + std::string(kind) + (sides.lower ? "_from" : "") + (sides.upper ? "_to" : "");
}

std::string select_keys(const Target& target, Sides sides, std::string_view direction) {
  const std::string condition = interval(target, sides);
  return "SELECT " + key_list(target, "::text") + "\nFROM " + from_item(target) +
         (condition.empty() ? "" : "\nWHERE " + condition) + "\nORDER BY " + key_list(target, direction);
}

}  // namespace

BuiltStatement batch_update(const Target& target, Sides sides) {
  std::string text = "UPDATE " + from_item(target) + "\nSET ";
  for (std::size_t i = 0; i < target.set.size(); ++i) {
    if (i > 0) text += ", ";
    text += quote_identifier(target.set[i].first) + " = (" + target.set[i].second + "\n)";
  }
  std::string condition = interval(target, sides);
  if (!target.where.empty()) {
    if (!condition.empty()) condition += "\n  AND ";
    condition += '(' + target.where + "\n)";
  }
  if (!condition.empty()) text += "\nWHERE " + condition;
  return {name_of("update", sides), text};
}

BuiltStatement batch_with_cursor(const Target& target, Sides sides) {
  std::size_t next = 1 + target.key.size() * ((sides.lower ? 1U : 0U) + (sides.upper ? 1U : 0U));
  const auto parameter = [&next](std::string_view type) {
    return '$' + std::to_string(next++) + "::" + std::string(type);
  };
  const std::string job = parameter("bigint");
  const std::string range = parameter("bigint");
  const std::string cursor = parameter("text[]");
  const std::string done = parameter("bool");
  const std::string walked = parameter("bigint");
  return {name_of("batch", sides), "WITH changed AS (\n" + batch_update(target, sides).text +
                                       "\nRETURNING 1)\nUPDATE pgfill.range SET cursor_key = " + cursor +
                                       ", done = " + done + ", rows_walked = rows_walked + " + walked +
                                       ", rows_changed = rows_changed + (SELECT count(*) FROM changed)" +
                                       ", batches = batches + 1\nWHERE job_id = " + job + " AND range_id = " + range +
                                       "\nRETURNING (SELECT count(*) FROM changed)"};
}

BuiltStatement nth_key(const Target& target, Sides sides) {
  const std::size_t n = 1 + target.key.size() * ((sides.lower ? 1U : 0U) + (sides.upper ? 1U : 0U));
  return {name_of("nth_key", sides),
          select_keys(target, sides, "") + "\nOFFSET $" + std::to_string(n) + "::bigint - 1 LIMIT 1"};
}

BuiltStatement last_key(const Target& target, Sides sides) {
  return {name_of("last_key", sides), select_keys(target, sides, " DESC") + "\nLIMIT 1"};
}

}  // namespace pgfill::sql
