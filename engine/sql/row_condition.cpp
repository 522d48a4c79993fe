#include "sql/row_condition.h"

#include <algorithm>

#include "sql/identifier.h"
#include "sql/key_text.h"

namespace pgfill::sql {
namespace {

std::string key_values(const Target& target, std::size_t first, Bind bind) {
  std::string list;
  for (std::size_t i = 0; i < target.key.size(); ++i) {
    if (i > 0) list += ", ";
    list += bind(first + i, target.key[i].second);
  }
  return list;
}

std::string compare(const Target& target, std::string_view operation, std::size_t first, Bind bind) {
  if (target.by_position) return visible_name(target) + ".ctid " + std::string(operation) + ' ' + bind(first, "tid");
  if (target.key.size() == 1) {
    return key_list(target) + ' ' + std::string(operation) + ' ' + key_values(target, first, bind);
  }
  return '(' + key_list(target) + ") " + std::string(operation) + " (" + key_values(target, first, bind) + ')';
}

/// How many parameters the keys of an interval take.
std::size_t parameters_of(const Target& target, Sides sides) {
  return values_of_side(target) * ((sides.lower ? 1U : 0U) + (sides.upper ? 1U : 0U));
}

/// By its bits neighbours fall into different stripes: of a position these are neighbours on a page (the low byte of
/// the offset, the last that tidsend writes), of an integer key those in its order. By a hash, each falls into any.
std::string number_for_stripes(const Target& target) {
  if (target.by_position) return "pg_catalog.get_byte(pg_catalog.tidsend(" + visible_name(target) + ".ctid), 5)";
  if (target.key.size() == 1 && is_integer(target.key.front().second)) return key_list(target);
  return "hash_record_extended(ROW(" + key_list(target) + "), 0)";
}

std::string stripe(const Target& target) {
  return '(' + number_for_stripes(target) + " & " + std::to_string(target.stripes - 1) + ')';
}

}  // namespace

bool is_keyless(const Target& target) {
  return target.key.size() == 1 && target.key.front().first == "ctid";
}

std::string writer_of(const Target& target) {
  return visible_name(target) + ".xmin";
}

std::string visible_name(const Target& target) {
  return quote_identifier(target.alias.empty() ? target.table : target.alias);
}

std::string from_item(const Target& target) {
  const std::string table = (target.only ? "ONLY " : "") + quote_qualified(target.schema, target.table);
  return target.alias.empty() ? table : table + " AS " + quote_identifier(target.alias);
}

std::size_t values_of_side(const Target& target) {
  return target.by_position ? 1 : target.key.size();
}

std::string key_list(const Target& target, std::string_view suffix) {
  std::string list;
  for (const auto& [column, type] : target.key) {
    if (!list.empty()) list += ", ";
    list += visible_name(target) + '.' + quote_identifier(column) + std::string(suffix);
  }
  return list;
}

std::string parameter(std::size_t number, std::string_view type) {
  return '$' + std::to_string(number) + "::" + std::string(type);
}

std::string element(std::size_t number, std::string_view type) {
  return "($1::text[])[" + std::to_string(number) + "]::" + std::string(type);
}

std::string interval(const Target& target, Sides sides, Bind bind) {
  std::string condition;
  if (sides.lower) condition = compare(target, ">", 1, bind);
  if (sides.upper) {
    if (!condition.empty()) condition += " AND ";
    condition += compare(target, "<=", sides.lower ? values_of_side(target) + 1 : 1, bind);
  }
  if (target.stripes > 1) {
    const std::size_t first = parameters_of(target, sides) + 1;
    condition += (condition.empty() ? "" : " AND ") + stripe(target) + " BETWEEN " + bind(first, "int") + " AND " +
                 bind(first + 1, "int");
  }
  return condition;
}

Numbering::Numbering(const Target& target, Sides sides)
    : upcoming_(1 + parameters_of(target, sides) + (target.stripes > 1 ? 2U : 0U)) {}

std::string in_brackets(const std::string& condition) {
  return condition.empty() ? "" : '(' + condition + "\n)";  // the break ends a comment of the spec
}

namespace {

std::string leaving_out(const Target& target, const std::string& condition) {
  return both(condition, target.unless.empty() ? "" : "NOT " + in_brackets(target.unless));
}

}  // namespace

std::string to_change(const Target& target) {
  return leaving_out(target, in_brackets(target.where));
}

std::string condition_joined(const Target& target) {
  return in_brackets(target.joined.empty() ? target.where : target.joining);
}

std::string to_change_joined(const Target& target) {
  return leaving_out(target, condition_joined(target));
}

bool counts_kept(const Target& target) {
  return target.may_keep || !target.unless.empty();
}

void leave_out_referenced(Target& target, const std::vector<Reference>& references) {
  for (const Reference& one : references) {
    std::string equal;
    for (std::size_t i = 0; i < std::min(one.columns.size(), one.referred.size()); ++i) {
      equal += (i == 0 ? "pgfill_child." : " AND pgfill_child.") + quote_identifier(one.columns[i]) + " = " +
               visible_name(target) + '.' + quote_identifier(one.referred[i]);
    }
    target.unless += (target.unless.empty() ? "EXISTS (SELECT FROM " : "\n  OR EXISTS (SELECT FROM ") +
                     quote_qualified(one.schema, one.table) + " AS pgfill_child WHERE " + equal + ')';
  }
  if (!target.unless.empty()) target.reads_other_rows = true;
}

std::string both(const std::string& left, const std::string& right) {
  return left.empty() || right.empty() ? left + right : left + "\n  AND " + right;
}

std::string canonical_list(const Target& target) {
  std::string list;
  for (const auto& [column, type] : target.key) {
    const std::string value = visible_name(target) + '.' + quote_identifier(column);
    list += list.empty() ? "" : ", ";
    list += has_one_text(type) ? value + "::text" : "pgfill.canonical(" + value + ')';
  }
  return list;
}

std::string key_array(const Target& target) {
  return "ARRAY[" + canonical_list(target) + ']';
}

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

std::string written_before(const Target& target, const std::string& until) {
  return '(' + until + " IS NULL OR pg_catalog.age(" + writer_of(target) + ") > pg_catalog.age(" + until + "))";
}

std::string name_of(std::string_view kind, Sides sides) {
  return "pgfill_" + std::string(kind) + (sides.lower ? "_from" : "") + (sides.upper ? "_to" : "");
}

Target all_by_key(Target target) {
  target.stripes = 1;
  target.by_position = is_keyless(target);
  return target;
}

std::string select_keys(const Target& target, Sides sides, std::string_view direction, const std::string& further) {
  const std::string condition = both(interval(target, sides), further);
  return "SELECT " + key_list(target, "::text") + "\nFROM " + from_item(target) +
         (condition.empty() ? "" : "\nWHERE " + condition) + "\nORDER BY " + key_list(target, direction);
}

}  // namespace pgfill::sql
