#include "sql/plan_builder.h"

#include <functional>

#include "sql/identifier.h"

namespace pgfill::sql {
namespace {

constexpr std::string_view for_people = "EXPLAIN ";
constexpr std::string_view for_parsing = "EXPLAIN (VERBOSE, FORMAT JSON) ";

}  // namespace

BuiltStatement named_by_text(std::string text) {
  std::string name = "pgfill_plan_" + std::to_string(std::hash<std::string>{}(text));
  return {std::move(name), std::move(text)};
}

BuiltStatement histogram_bounds(const Target& target, std::string_view collation, bool bounded) {
  const std::string& type = target.key.front().second;
  std::string value = "(bound::" + type + ")";
  if (!collation.empty()) value += " COLLATE " + std::string(collation);
  std::string text =
      "SELECT min(bound)\nFROM pg_catalog.pg_stats s, unnest(s.histogram_bounds::text::text[]) AS h(bound)\n"
      "WHERE s.schemaname = $1 AND s.tablename = $2 AND s.attname = $3 AND NOT s.inherited";
  if (bounded) text += "\n  AND " + value + " < $4::" + type;
  text += "\nGROUP BY " + value + "\nORDER BY " + value;
  return named_by_text(std::move(text));
}

BuiltStatement sampled_keys(const Target& target) {
  std::string keys;
  std::string texts;
  std::string names;
  for (std::size_t i = 0; i < target.key.size(); ++i) {
    const std::string column = quote_identifier(target.key[i].first);
    const std::string name = "k" + std::to_string(i + 1);
    keys += (i == 0 ? "" : ", ") + column;
    texts += column + "::text AS " + name + ", ";
    names += name + ", ";
  }
  return named_by_text(
      "SELECT " + names + "position::float8 / total, total\nFROM (SELECT " + texts + "row_number() OVER (ORDER BY " +
      keys + ") AS position, count(*) OVER () AS total\n      FROM " + quote_qualified(target.schema, target.table) +
      " TABLESAMPLE SYSTEM ($1::float4) REPEATABLE (1)) AS sample\n"
      "WHERE position < total AND position * $2::bigint / total > (position - 1) * $2::bigint / total\n"
      "ORDER BY position");
}

BuiltStatement explain(const BuiltStatement& statement) {
  return named_by_text(std::string(for_people) + statement.text);
}

BuiltStatement explain_as_json(const BuiltStatement& statement) {
  return named_by_text(std::string(for_parsing) + statement.text);
}

int explain_prefix() {
  return static_cast<int>(for_people.size());
}

BuiltStatement matching_rows(const Target& target, bool all) {
  std::string text = "SELECT FROM " + quote_qualified(target.schema, target.table);
  if (!target.alias.empty()) text += " AS " + quote_identifier(target.alias);
  if (!all && !target.where.empty()) text += "\nWHERE (" + target.where + "\n)";
  return named_by_text(std::move(text));
}

}  // namespace pgfill::sql
