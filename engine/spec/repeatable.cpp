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

/// Functions of PostgreSQL's own that give the same for the same and that people fill columns with.
constexpr std::array<std::string_view, 60> plain_functions{"abs",
                                                           "array_append",
                                                           "array_length",
                                                           "array_remove",
                                                           "array_to_string",
                                                           "ascii",
                                                           "btrim",
                                                           "ceil",
                                                           "ceiling",
                                                           "chr",
                                                           "concat",
                                                           "concat_ws",
                                                           "convert_from",
                                                           "convert_to",
                                                           "date_part",
                                                           "date_trunc",
                                                           "decode",
                                                           "div",
                                                           "encode",
                                                           "extract",
                                                           "floor",
                                                           "format",
                                                           "initcap",
                                                           "json_build_object",
                                                           "jsonb_build_array",
                                                           "jsonb_build_object",
                                                           "jsonb_set",
                                                           "jsonb_strip_nulls",
                                                           "left",
                                                           "length",
                                                           "lower",
                                                           "lpad",
                                                           "ltrim",
                                                           "make_date",
                                                           "md5",
                                                           "mod",
                                                           "octet_length",
                                                           "overlay",
                                                           "position",
                                                           "power",
                                                           "regexp_replace",
                                                           "repeat",
                                                           "replace",
                                                           "reverse",
                                                           "right",
                                                           "round",
                                                           "rpad",
                                                           "rtrim",
                                                           "sha256",
                                                           "split_part",
                                                           "strpos",
                                                           "substr",
                                                           "substring",
                                                           "timezone",
                                                           "to_char",
                                                           "to_number",
                                                           "to_tsvector",
                                                           "translate",
                                                           "trunc",
                                                           "upper"};

/// Nodes whose value is not made of the row alone, or not the same each time.
constexpr std::array<std::string_view, 3> other_sources{"SubLink", "SQLValueFunction", "ParamRef"};

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

bool is_plain_call(const json& call) {
  const json& names = field_of(call, "funcname");
  const bool built_in = names.size() == 1 || text_of(field_of(names[0], "String"), "sval") == "pg_catalog";
  return built_in &&
         std::find(plain_functions.begin(), plain_functions.end(), last_name(names)) != plain_functions.end();
}

/// 'now'::timestamptz is another time each time.
bool is_time_of_text(const json& cast) {
  const std::string type = last_name(field_of(field_of(cast, "typeName"), "names"));
  const bool of_time = type.starts_with("time") || type == "date" || type == "abstime";
  return of_time && field_of(cast, "arg").contains("A_Const");
}

bool may_differ(const std::string& kind, const json& node, const Names& own) {
  if (std::find(other_sources.begin(), other_sources.end(), kind) != other_sources.end()) return true;
  if (kind == "FuncCall") return !is_plain_call(node);
  if (kind == "TypeCast") return is_time_of_text(node);
  return kind == "ColumnRef" && reads_own(node, own);
}

/// Names that stand for what the job itself writes.
Names own_names(const JobSpec& spec, const std::vector<std::string>& generated) {
  Names own{spec.table, spec.alias};
  own.insert(generated.begin(), generated.end());
  for (const Assignment& assignment : spec.set) own.insert(assignment.column);
  return own;
}

}  // namespace

bool repeatable(const JobSpec& spec, const std::vector<std::string>& generated) {
  const Names own = own_names(spec, generated);
  const auto differs = [&own](const std::string& kind, const json& node) { return may_differ(kind, node, own); };
  return std::all_of(spec.set.begin(), spec.set.end(), [&differs](const Assignment& assignment) {
    const auto parsed = parse_expression(assignment.expression, false);
    const auto* expression = std::get_if<Expression>(&parsed);
    return expression != nullptr && !any_node(expression->tree, differs);
  });
}

bool condition_may_tell(const JobSpec& spec, const std::vector<std::string>& generated) {
  const Names own = own_names(spec, generated);
  const auto parsed = parse_expression(spec.where, true);
  const auto* condition = std::get_if<Expression>(&parsed);
  return condition != nullptr && any_node(condition->tree, [&own](const std::string& kind, const json& node) {
           return kind == "SubLink" || (kind == "ColumnRef" && reads_own(node, own));
         });
}

}  // namespace pgfill::spec
