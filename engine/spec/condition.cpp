#include "spec/condition.h"

#include <algorithm>
#include <array>
#include <set>
#include <string>
#include <string_view>

#include "spec/expression.h"
#include "spec/sql_tree.h"

namespace pgfill::spec {
namespace {

using nlohmann::json;

std::string last_name(const json& names) {
  if (!names.is_array() || names.empty()) return {};
  return text_of(field_of(names.back(), "String"), "sval");
}

using Names = std::set<std::string>;

/// A whole row holds every column.
bool reads_own(const json& column, const Names& own) {
  const std::string name = last_name(field_of(column, "fields"));
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
  for (const Assignment& assignment : spec.set) own.insert(assignment.column);
  return own;
}

/// The column of a test `column IS NULL`, named without a table or with one of these; else empty.
std::string column_asked_for_null(const json& node, const Names& tables) {
  const json& test = field_of(node, "NullTest");
  if (text_of(test, "nulltesttype") != "IS_NULL") return {};
  const json& fields = field_of(field_of(field_of(test, "arg"), "ColumnRef"), "fields");
  const bool qualified = fields.size() == 2;
  if (qualified && !tables.contains(text_of(field_of(fields[0], "String"), "sval"))) return {};
  return qualified || fields.size() == 1 ? last_name(fields) : "";
}

/// An expression's tree; null where it does not parse.
json tree_of(const std::string& expression) {
  const auto parsed = parse_expression(expression, false);
  const auto* one = std::get_if<Expression>(&parsed);
  return one == nullptr ? json() : one->tree;
}

/// Operators that answer NULL for NULL only.
bool is_plain_operator(const json& operation) {
  constexpr std::array<std::string_view, 6> plain{"+", "-", "*", "/", "%", "||"};
  return text_of(operation, "kind") == "AEXPR_OP" &&
         std::find(plain.begin(), plain.end(), last_name(field_of(operation, "name"))) != plain.end();
}

bool never_null(const json& node, const Names& not_null) {
  if (!node.is_object() || node.size() != 1) return false;
  const std::string& kind = node.begin().key();
  const json& body = node.begin().value();
  if (kind == "A_Const") return !body.contains("isnull");
  if (kind == "ColumnRef") return not_null.contains(last_name(field_of(body, "fields")));
  if (kind == "TypeCast") return never_null(field_of(body, "arg"), not_null);
  if (kind == "CoalesceExpr") return never_null(field_of(body, "args").back(), not_null);
  if (kind == "CaseExpr") {
    for (const json& one : field_of(body, "args")) {
      if (!never_null(field_of(field_of(one, "CaseWhen"), "result"), not_null)) return false;
    }
    return never_null(field_of(body, "defresult"), not_null);
  }
  return kind == "A_Expr" && is_plain_operator(body) && never_null(field_of(body, "lexpr"), not_null) &&
         never_null(field_of(body, "rexpr"), not_null);
}

bool sets_columns_only(const JobSpec& spec) {
  return std::all_of(spec.set.begin(), spec.set.end(), [](const Assignment& assignment) {
    const json tree = tree_of(assignment.expression);
    return tree.is_object() && tree.contains("ColumnRef") &&
           !last_name(field_of(field_of(tree, "ColumnRef"), "fields")).empty();
  });
}

}  // namespace

bool condition_may_tell(const JobSpec& spec, const std::vector<std::string>& generated) {
  const Names own = own_names(spec, generated);
  const auto parsed = parse_expression(spec.where, true);
  const auto* condition = std::get_if<Expression>(&parsed);
  return condition != nullptr && any_node(condition->tree, [&own](const std::string& kind, const json& node) {
           return kind == "SubLink" || (kind == "ColumnRef" && reads_own(node, own));
         });
}

bool fills_nulls(const JobSpec& spec) {
  const auto parsed = parse_expression(spec.where, true);
  const auto* condition = std::get_if<Expression>(&parsed);
  if (condition == nullptr) return false;
  const json& both = field_of(condition->tree, "BoolExpr");
  const bool several = text_of(both, "boolop") == "AND_EXPR";
  const json alone = json::array({condition->tree});
  const Names tables{spec.table, spec.alias};
  Names asked;
  for (const json& part : several ? field_of(both, "args") : alone) asked.insert(column_asked_for_null(part, tables));
  return std::all_of(spec.set.begin(), spec.set.end(),
                     [&asked](const Assignment& assignment) { return asked.contains(assignment.column); });
}

bool done_rows_tell(const JobSpec& spec, const std::vector<std::string>& not_null) {
  const Names columns(not_null.begin(), not_null.end());
  return sets_columns_only(spec) ||
         std::any_of(spec.set.begin(), spec.set.end(), [&columns](const Assignment& assignment) {
           return never_null(tree_of(assignment.expression), columns);
         });
}

std::string heap_condition(const JobSpec& spec) {
  if (!sets_columns_only(spec)) return spec.where;
  std::string all_null;
  for (const Assignment& assignment : spec.set)
    all_null += (all_null.empty() ? "" : " AND ") + assignment.expression + " IS NULL";
  return "(" + spec.where + "\n) AND NOT (" + all_null + ")";
}

bool asks_done_rows(const JobSpec& spec, const std::vector<std::string>& generated) {
  return condition_may_tell(spec, generated) && !fills_nulls(spec);
}

}  // namespace pgfill::spec
