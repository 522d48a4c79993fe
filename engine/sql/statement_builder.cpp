#include "sql/statement_builder.h"

#include "sql/identifier.h"
#include "sql/position_walk.h"
#include "sql/row_condition.h"

namespace pgfill::sql {
namespace {

/// The n-th, n being the parameter after those of the interval.
std::string select_nth(const Target& target, Sides sides) {
  Numbering parameters(target, sides);
  return select_keys(target, sides, "") + "\nOFFSET " + parameters.next("bigint") + " - 1 LIMIT 1";
}

}  // namespace

bool is_integer(std::string_view type) {
  return type == "smallint" || type == "integer" || type == "bigint";
}

BuiltStatement row_at(const Target& target) {
  return {"pgfill_row_at", "SELECT " + canonical_list(target) + "\nFROM " + from_item(target) + "\nWHERE " +
                               visible_name(target) + ".ctid = $1::tid"};
}

BuiltStatement rows_ahead(const Target& target) {
  const Target all = all_by_key(target);
  const Sides both_sides{true, true};
  return {"pgfill_rows_ahead",
          "WITH pgfill_ahead AS MATERIALIZED (\nSELECT " + key_list(all) + " FROM " + from_item(all) + "\nWHERE " +
              interval(all, both_sides) + "\nORDER BY " + key_list(all) + " LIMIT " +
              Numbering(all, both_sides).next("bigint") +
              "\n)\nSELECT (SELECT key::text FROM pgfill_ahead AS a(key) ORDER BY key DESC LIMIT 1),\n"
              "       (SELECT count(*) FROM pgfill_ahead),\n       "
              "greatest(1, (extract(epoch FROM clock_timestamp() - statement_timestamp()) * 1000000)::bigint)"};
}

BuiltStatement nth_key(const Target& target, Sides sides) {
  if (target.by_position) return {name_of("nth_position", sides), nth_position(target, sides)};
  return {name_of("nth_key", sides), select_nth(target, sides)};
}

BuiltStatement nth_row(const Target& target, Sides sides) {
  const Target all = all_by_key(target);
  return {name_of("nth_row", sides), all.by_position ? nth_position(all, sides) : select_nth(all, sides)};
}

BuiltStatement vacuum_table(const std::string& name) {
  return {"pgfill_vacuum", "VACUUM (TRUNCATE false) " + name};
}

BuiltStatement last_key(const Target& target, Sides sides) {
  if (target.by_position) return {name_of("last_position", sides), last_position(target, sides)};
  return {name_of("last_key", sides), select_keys(all_by_key(target), sides, " DESC") + "\nLIMIT 1"};
}

}  // namespace pgfill::sql
