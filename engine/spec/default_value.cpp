#include "spec/default_value.h"

#include <algorithm>

#include "parse/sql_name.h"
#include "parse/sql_scan.h"
#include "spec/expression.h"

namespace pgfill::spec {

std::vector<std::string> columns_set_to_default(const JobSpec& spec) {
  std::vector<std::string> columns;
  for (const Assignment& assignment : spec.set()) {
    if (assignment.expression == default_word) columns.push_back(assignment.column);
  }
  return columns;
}

JobSpec with_defaults(JobSpec spec, const std::vector<Assignment>& defaults) {
  auto* update = std::get_if<Update>(&spec.kind);
  if (update == nullptr) return spec;
  for (Assignment& assignment : update->set) {
    if (assignment.expression != default_word) continue;
    const auto found = std::find_if(defaults.begin(), defaults.end(),
                                    [&](const Assignment& known) { return known.column == assignment.column; });
    if (found != defaults.end()) assignment.expression = found->expression;
  }
  return spec;
}

std::optional<std::string> not_batchable(const std::string& expression, const JobSpec& spec) {
  const auto checked = check_expression(expression, {spec.schema, spec.table, spec.alias, false});
  if (const parse::SqlProblem* problem = parse::problem_in(checked)) return problem->message;
  return std::nullopt;
}

bool has_backslash_in_string(const std::string& expression) {
  const auto scanned = parse::scan_sql(expression);
  const auto* tokens = std::get_if<std::vector<parse::Token>>(&scanned);
  return tokens != nullptr && std::any_of(tokens->begin(), tokens->end(), [](const parse::Token& token) {
           const bool plain = token.text.starts_with('\'') || parse::fold_case(token.text.substr(0, 2)) == "n'";
           return plain && token.text.find('\\') != std::string_view::npos;
         });
}

}  // namespace pgfill::spec
