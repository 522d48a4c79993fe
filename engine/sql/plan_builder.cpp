#include "sql/plan_builder.h"

#include <functional>

#include "sql/identifier.h"
#include "sql/row_condition.h"

namespace pgfill::sql {
namespace {

std::string only_table(const Target& target) {
  return (target.only ? "ONLY " : "") + quote_qualified(target.schema, target.table);
}

/// A bound of a histogram, read from text, as the key compares.
std::string bound_value(const Target& target, std::string_view collation) {
  std::string value = "(bound::" + target.key.front().second + ")";
  if (!collation.empty()) value += " COLLATE " + std::string(collation);
  return value;
}

/// "a, b"
std::string joined_columns(const Target& target) {
  std::string columns;
  for (const auto& [column, type] : target.key) columns += (columns.empty() ? "" : ", ") + quote_identifier(column);
  return columns;
}

/// The keys that cut a sample into equal parts; `source` is its FROM clause.
BuiltStatement keys_of_sample(const Target& target, const std::string& source) {
  std::string texts;
  std::string names;
  for (std::size_t i = 0; i < target.key.size(); ++i) {
    const std::string name = "k" + std::to_string(i + 1);
    texts += quote_identifier(target.key[i].first) + "::text AS " + name + ", ";
    names += name + ", ";
  }
  return named_by_text(
      "SELECT " + names + "position::float8 / total, total\nFROM (SELECT " + texts + "row_number() OVER (ORDER BY " +
      joined_columns(target) + ") AS position, count(*) OVER () AS total\n" + source + ") AS sample\n" +
      "WHERE position < total AND position * $2::bigint / total > (position - 1) * $2::bigint / total\n"
      "ORDER BY position");
}

constexpr std::string_view for_people = "EXPLAIN ";
constexpr std::string_view for_parsing = "EXPLAIN (VERBOSE, FORMAT JSON) ";
constexpr std::string_view for_measuring = "EXPLAIN (ANALYZE, WAL, BUFFERS, TIMING OFF, FORMAT JSON) ";

/// DEFAULT stands for a value in SET only.
bool is_default(std::string_view expression) {
  return expression == "DEFAULT" || expression == "default";
}

}  // namespace

BuiltStatement named_by_text(std::string text) {
  std::string name = "pgfill_plan_" + std::to_string(std::hash<std::string>{}(text));
  return {std::move(name), std::move(text)};
}

BuiltStatement histogram_bounds(const Target& target, std::string_view collation, bool bounded) {
  const std::string& type = target.key.front().second;
  const std::string value = bound_value(target, collation);
  std::string text =
      "SELECT min(bound)\nFROM pg_catalog.pg_stats s, unnest(s.histogram_bounds::text::text[]) AS h(bound)\n"
      "WHERE s.schemaname = $1 AND s.tablename = $2 AND s.attname = $3 AND s.inherited = $4::bool";
  if (bounded) text += "\n  AND " + value + " < $5::" + type;
  text += "\nGROUP BY " + value + "\nORDER BY " + value;
  return named_by_text(std::move(text));
}

BuiltStatement leaf_histogram_bounds(const Target& target, std::string_view collation, bool bounded) {
  const std::string value = bound_value(target, collation);
  std::string condition;
  if (bounded) condition = "\n  WHERE " + value + " < $3::" + target.key.front().second;
  // A histogram cuts its leaf into equal parts: each bound but the first has one part below it.
  return named_by_text(
      "WITH RECURSIVE member(oid, relkind) AS (\n"
      "  SELECT c.oid, c.relkind FROM pg_catalog.pg_class c WHERE c.oid = $1::oid\n  UNION ALL\n"
      "  SELECT c.oid, c.relkind FROM member m JOIN pg_catalog.pg_inherits i ON i.inhparent = m.oid\n"
      "  JOIN pg_catalog.pg_class c ON c.oid = i.inhrelid WHERE m.relkind = 'p'\n"
      "), part AS (\n"
      "  SELECT bound, CASE WHEN place = 1 THEN 0 ELSE c.reltuples / (cardinality(h.bounds) - 1) END AS rows\n"
      "  FROM member m JOIN pg_catalog.pg_class c ON c.oid = m.oid\n"
      "  JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace\n"
      "  JOIN pg_catalog.pg_stats s ON s.schemaname = n.nspname AND s.tablename = c.relname AND s.attname = $2\n"
      "    AND NOT s.inherited\n"
      "  CROSS JOIN LATERAL (SELECT s.histogram_bounds::text::text[] AS bounds) h\n"
      "  CROSS JOIN unnest(h.bounds) WITH ORDINALITY AS b(bound, place)\n"
      "  WHERE m.relkind <> 'p' AND c.reltuples > 0\n"
      "), merged AS (\n"
      "  SELECT min(bound) AS bound, sum(sum(rows)) OVER (ORDER BY " +
      value + ") AS below\n  FROM part" + condition + "\n  GROUP BY " + value +
      "\n), shared AS (\n"
      "  SELECT bound, below / nullif(max(below) OVER (), 0) AS share FROM merged\n"
      "), stepped AS (\n"
      "  SELECT bound, share, lag(share, 1, 0::float8) OVER (ORDER BY share, " +
      value +
      ") AS before FROM shared\n)\n"
      "SELECT bound, share FROM stepped WHERE share < 1 AND floor(share * 1000) > floor(before * 1000)\n"
      "ORDER BY " +
      value);
}

BuiltStatement sampled_keys(const Target& target) {
  return keys_of_sample(target, "      FROM " + only_table(target) + " TABLESAMPLE SYSTEM ($1::float4) REPEATABLE (1)");
}

BuiltStatement keys_of_blocks(const Target& target) {
  const std::string tid = "('(' || pgfill_block || ',0)')::tid";
  const std::string next = "('(' || pgfill_block + 1 || ',0)')::tid";
  // OFFSET keeps the inner query by itself: only there are the bounds values for a scan of that block.
  return keys_of_sample(target,
                        "      FROM (SELECT DISTINCT (2 * i + 1) * $3::bigint / (2 * $1::bigint) AS pgfill_block\n"
                        "            FROM generate_series(0, $1::bigint - 1) AS n(i)) AS pgfill_drawn\n"
                        "      CROSS JOIN LATERAL (SELECT " +
                            joined_columns(target) + " FROM " + only_table(target) + "\n        WHERE ctid >= " + tid +
                            " AND ctid < " + next + " OFFSET 0) AS pgfill_found");
}

BuiltStatement explain(const BuiltStatement& statement) {
  return named_by_text(std::string(for_people) + statement.text);
}

BuiltStatement explain_as_json(const BuiltStatement& statement) {
  return named_by_text(std::string(for_parsing) + statement.text);
}

BuiltStatement explain_run(const BuiltStatement& statement) {
  return named_by_text(std::string(for_measuring) + statement.text);
}

int explain_prefix() {
  return static_cast<int>(for_people.size());
}

BuiltStatement matching_rows(const Target& target, bool all) {
  std::string text = "SELECT FROM " + only_table(target);
  if (!target.alias.empty()) text += " AS " + quote_identifier(target.alias);
  if (!all && !target.where.empty()) text += "\nWHERE (" + target.where + "\n)";
  return named_by_text(std::move(text));
}

BuiltStatement explain_joined(const Target& target, const std::vector<std::string>& tables, const std::string& right,
                              const std::string& condition) {
  std::string text = "EXPLAIN (COSTS OFF) SELECT FROM " + from_item(target);
  for (const std::string& table : tables) text += "\nCROSS JOIN " + table;
  if (!right.empty()) text += "\nLEFT JOIN " + right + " ON " + (condition.empty() ? "true" : condition);
  return named_by_text(std::move(text));
}

BuiltStatement failing_rows(const Target& target) {
  return named_by_text("SELECT FROM " + from_item(target) + "\nWHERE NOT " + in_brackets(target.where));
}

BuiltStatement detach_partition(const std::string& parent, const std::string& leaf, std::string_view how) {
  return named_by_text("ALTER TABLE " + parent + " DETACH PARTITION " + leaf + ' ' + std::string(how));
}

BuiltStatement rows_and_failing(const Target& target) {
  return named_by_text("SELECT count(*), count(*) FILTER (WHERE " + in_brackets(target.where) + " IS NOT TRUE)\nFROM " +
                       from_item(target));
}

BuiltStatement row_count(const Target& target) {
  const std::string condition = to_change(target);
  return named_by_text("SELECT count(*) FROM " + from_item(target) + (condition.empty() ? "" : "\nWHERE " + condition));
}

BuiltStatement new_values(const Target& target, Sides sides) {
  std::string values;
  for (const auto& [column, expression] : target.set) {
    if (!is_default(expression)) values += (values.empty() ? "(" : ", (") + expression + "\n)";
  }
  const std::string joined = target.joined.empty() ? "" : ", " + target.joined;
  return named_by_text("SELECT " + values + "\nFROM " + from_item(target) + joined + "\nWHERE " +
                       both(interval(target, sides, element), condition_joined(target)));
}

BuiltStatement stored_bytes(const Target& target) {
  // TOAST begins at 2,000 bytes; what is smaller stays in the row, but for rows of several such values.
  std::string all;
  std::string outside;
  for (const auto& [column, expression] : target.set) {
    const std::string size =
        "coalesce(pg_column_size(" + visible_name(target) + '.' + quote_identifier(column) + "), 0)";
    all += (all.empty() ? "" : " + ") + size;
    outside +=
        (outside.empty() ? "" : " + ") + ("CASE WHEN " + size + " >= 2000 THEN ceil(" + size + " / 1996.0) ELSE 0 END");
  }
  if (all.empty()) all = outside = "0";
  return named_by_text("SELECT count(*), coalesce(sum(" + all + "), 0), coalesce(sum(" + outside + "), 0)\nFROM " +
                       from_item(target) + "\nWHERE " + interval(target, Sides{true, true}, element));
}

}  // namespace pgfill::sql
