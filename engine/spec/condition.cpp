#include "spec/condition.h"

#include <algorithm>
#include <set>
#include <string>
#include <string_view>

#include "parse/sql_tree.h"
#include "spec/expression.h"
#include "spec/joined.h"

namespace pgfill::spec {
namespace {

using nlohmann::json;

using Names = std::set<std::string>;

/// A whole row holds every column.
bool reads_own(const json& column, const Names& own) {
  const std::string name = parse::last_name(parse::field_of(column, "fields"));
  return name.empty() || own.contains(name);
}

/// True when some node, or one below it, is `wanted`.
template <typename Wanted>
bool any_node(const json& tree, const Wanted& wanted) {
  if (!tree.is_structured()) return false;
  for (const auto& item : tree.items()) {
    if (tree.is_object() && wanted(item.key(), item.value())) return true;
    if (any_node(item.value(), wanted)) return true;
  }
  return false;
}

/// Names that stand for what the job itself writes.
Names own_names(const JobSpec& spec, const std::vector<std::string>& generated) {
  Names own{spec.table, spec.alias};
  own.insert(generated.begin(), generated.end());
  for (const Assignment& assignment : spec.set()) own.insert(assignment.column);
  return own;
}

/// The column of a test `column IS NULL`, named without a table or with one of these; else empty.
std::string column_asked_for_null(const json& node, const Names& tables) {
  const json& test = parse::field_of(node, "NullTest");
  if (parse::text_of(test, "nulltesttype") != "IS_NULL") return {};
  const json& fields = parse::field_of(parse::field_of(parse::field_of(test, "arg"), "ColumnRef"), "fields");
  const bool qualified = fields.size() == 2;
  if (qualified && !tables.contains(parse::text_of(parse::field_of(fields[0], "String"), "sval"))) return {};
  return qualified || fields.size() == 1 ? parse::last_name(fields) : "";
}

/// The columns that have to be NULL in a row that fulfils the condition, by the tests that it consists of.
Names asked_for_null(const JobSpec& spec) {
  Names asked;
  const auto parsed = parse_expression(row_condition(spec), true);
  const auto* condition = std::get_if<Expression>(&parsed);
  if (condition == nullptr) return asked;
  const json& both = parse::field_of(condition->tree, "BoolExpr");
  const bool several = parse::text_of(both, "boolop") == "AND_EXPR";
  const json alone = json::array({condition->tree});
  const Names tables{spec.table, spec.alias};
  for (const json& part : several ? parse::field_of(both, "args") : alone)
    asked.insert(column_asked_for_null(part, tables));
  return asked;
}

}  // namespace

bool condition_may_tell(const JobSpec& spec, const std::vector<std::string>& generated) {
  const Names own = own_names(spec, generated);
  const auto parsed = parse_expression(row_condition(spec), true);
  const auto* condition = std::get_if<Expression>(&parsed);
  return condition != nullptr && any_node(condition->tree, [&own](const std::string& kind, const json& node) {
           return kind == "SubLink" || (kind == "ColumnRef" && reads_own(node, own));
         });
}

bool reads_other_rows(const JobSpec& spec) {
  const auto reads = [](std::string_view text, bool condition) {
    const auto parsed = parse_expression(text, condition);
    const auto* expression = std::get_if<Expression>(&parsed);
    return expression != nullptr &&
           any_node(expression->tree, [](const std::string& kind, const json&) { return kind == "SubLink"; });
  };
  return !spec.from.empty() || (!spec.where.empty() && reads(spec.where, true)) ||
         std::any_of(spec.set().begin(), spec.set().end(),
                     [&](const Assignment& assignment) { return reads(assignment.expression, false); });
}

bool fills_nulls(const JobSpec& spec) {
  const Names asked = asked_for_null(spec);
  return std::all_of(spec.set().begin(), spec.set().end(),
                     [&asked](const Assignment& assignment) { return asked.contains(assignment.column); });
}

bool marks_done(const JobSpec& spec, const NullFacts& facts) {
  const Names asked = asked_for_null(spec);
  return std::any_of(spec.set().begin(), spec.set().end(), [&](const Assignment& assignment) {
    return asked.contains(assignment.column) && null_when(assignment.expression, facts) == "";
  });
}

std::optional<std::string> all_null_when(const JobSpec& spec, const NullFacts& facts) {
  // A name in an expression may be a column of another table.
  if (!spec.from.empty()) return std::nullopt;
  std::string all;
  bool known = true;
  for (const Assignment& assignment : spec.set()) {
    const std::optional<std::string> test = null_when(assignment.expression, facts);
    if (test && test->empty()) return "";
    if (!test) known = false;
    if (test) all += (all.empty() ? "" : " AND ") + *test;
  }
  return known ? std::optional(all) : std::nullopt;
}

std::string position_condition(const JobSpec& spec) {
  const std::string all_null = all_null_when(spec, {}).value_or("");
  return all_null.empty() ? row_condition(spec) : "(" + spec.where + "\n) AND NOT (" + all_null + ")";
}

bool asks_done_rows(const JobSpec& spec, const std::vector<std::string>& generated) {
  return condition_may_tell(spec, generated) && !fills_nulls(spec);
}

}  // namespace pgfill::spec
