#include "spec/repeatable.h"

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

/// Functions of one row's values that people fill columns with.
constexpr std::array<std::string_view, 28> plain_functions{
    "abs",        "btrim",      "ceil",  "concat",   "concat_ws",
    "date_part",  "date_trunc", "floor", "format",   "initcap",
    "left",       "length",     "lower", "lpad",     "jsonb_build_object",
    "jsonb_set",  "ltrim",      "md5",   "position", "regexp_replace",
    "replace",    "right",      "round", "rpad",     "rtrim",
    "split_part", "substring",  "upper"};

/// Nodes whose value is not made of the row alone, or not the same each time.
constexpr std::array<std::string_view, 4> other_sources{"SubLink", "SQLValueFunction", "A_Star", "ParamRef"};

std::string last_name(const json& names) {
  if (!names.is_array() || names.empty()) return {};
  const json& last = names.back();
  return text_of(field_of(last, "String"), "sval");
}

bool repeatable_node(const json& tree, const std::set<std::string>& own);

bool repeatable_function(const json& call, const std::set<std::string>& own) {
  const std::string name = last_name(field_of(call, "funcname"));
  if (std::find(plain_functions.begin(), plain_functions.end(), name) == plain_functions.end()) return false;
  return repeatable_node(field_of(call, "args"), own);
}

bool repeatable_entry(const std::string& kind, const json& node, const std::set<std::string>& own) {
  if (std::find(other_sources.begin(), other_sources.end(), kind) != other_sources.end()) return false;
  if (kind == "FuncCall") return repeatable_function(node, own);
  if (kind == "ColumnRef") {
    const std::string name = last_name(field_of(node, "fields"));
    return !name.empty() && !own.contains(name);
  }
  return repeatable_node(node, own);
}

/// `own`: names that stand for what the job itself writes.
bool repeatable_node(const json& tree, const std::set<std::string>& own) {
  if (!tree.is_structured()) return true;
  for (const auto& item : tree.items()) {
    const std::string kind = tree.is_object() ? item.key() : "";
    if (!repeatable_entry(kind, item.value(), own)) return false;
  }
  return true;
}

}  // namespace

bool repeatable(const JobSpec& spec) {
  std::set<std::string> own{spec.table, spec.alias};  // a whole row holds them, too
  for (const Assignment& assignment : spec.set) own.insert(assignment.column);
  return std::all_of(spec.set.begin(), spec.set.end(), [&own](const Assignment& assignment) {
    const auto parsed = parse_expression(assignment.expression, false);
    const auto* expression = std::get_if<Expression>(&parsed);
    return expression != nullptr && repeatable_node(expression->tree, own);
  });
}

}  // namespace pgfill::spec
