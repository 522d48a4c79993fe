#include "sql/position_walk.h"

#include "sql/row_condition.h"

namespace pgfill::sql {
namespace {

std::string number_of(const Target& target) {
  return std::to_string(target.oid) + "::pg_catalog.oid";
}

/// Where a page begins: no row has the offset 0.
std::string page(const std::string& block) {
  return "pg_catalog.format('(%s,0)', " + block + ")::tid";
}

std::string end_of_file(const Target& target) {
  return page("pg_catalog.pg_relation_size(" + number_of(target) +
              ") / pg_catalog.current_setting('block_size')::bigint");
}

std::string lower_of(Sides sides) {
  return sides.lower ? "$1::tid" : "'(0,0)'::tid";
}

std::string upper_of(Sides sides) {
  return sides.lower ? "$2::tid" : "$1::tid";
}

/// Rows of a page, by the statistics; a common number without any. In stripes, those of the given ones.
std::string rows_of_a_page(const Target& target, std::size_t first_stripe) {
  std::string rows = "coalesce((SELECT c.reltuples / c.relpages FROM pg_catalog.pg_class AS c\n    WHERE c.oid = " +
                     number_of(target) + " AND c.relpages > 0 AND c.reltuples > 0), 60)";
  if (target.stripes == 1) return rows;
  const std::string first = '$' + std::to_string(first_stripe) + "::int";
  const std::string last = '$' + std::to_string(first_stripe + 1) + "::int";
  return rows + " * (" + last + " - " + first + " + 1) / " + std::to_string(target.stripes);
}

}  // namespace

std::string nth_position(const Target& target, Sides sides) {
  const std::size_t first_stripe = 1 + (sides.lower ? 1U : 0U) + (sides.upper ? 1U : 0U);
  const std::string n = '$' + std::to_string(first_stripe + (target.stripes > 1 ? 2U : 0U)) + "::bigint";
  const std::string upper = sides.upper ? upper_of(sides) : end_of_file(target);
  const std::string row = visible_name(target) + ".ctid";
  const std::string next_page = page("p.block + 1");
  return "SELECT n.position::text\nFROM (SELECT CASE WHEN " + n + " > 1 AND " + n + " >= p.rows THEN " +
         page("p.block + pg_catalog.trunc(" + n + " / p.rows)::bigint") + "\n  ELSE coalesce((SELECT " + row +
         " FROM " + from_item(target) + " WHERE " + row + " > " + lower_of(sides) + " AND " + row + " < " + next_page +
         "\n    ORDER BY " + row + " OFFSET " + n + " - 1 LIMIT 1), " + next_page + ") END AS position\n" +
         "  FROM (SELECT (" + lower_of(sides) + "::text::point)[0]::bigint AS block,\n    greatest(1, " +
         rows_of_a_page(target, first_stripe) + ")::numeric AS rows) AS p) AS n\nWHERE n.position < " + upper;
}

std::string last_position(const Target& target, Sides sides) {
  return "SELECT e.position::text FROM (SELECT " + end_of_file(target) + " AS position) AS e\nWHERE e.position > " +
         (sides.upper ? "greatest(" + lower_of(sides) + ", " + upper_of(sides) + ')' : lower_of(sides));
}

}  // namespace pgfill::sql
