// What the server says against the statement becomes the refusal, in its own words.
#include "plan/checks/checks.h"
#include "spec/joined.h"

namespace pgfill::plan {
namespace {

using postgres::Condition;

ErrorCode code_of(Condition condition) {
  if (condition == Condition::insufficient_privilege) return ErrorCode::privilege;
  const bool unsafe = condition == Condition::invalid_column_reference || condition == Condition::feature_not_supported;
  return unsafe ? ErrorCode::expression_unsafe : ErrorCode::expression_invalid;
}

/// What the person may have meant by a name that is no column: a string, or a parameter.
std::string meant_instead(const Subject& subject, const std::string& name) {
  std::string text = spec::row_condition(subject.spec);
  for (const Assignment& assignment : subject.spec.set()) text += "\n" + assignment.expression;
  if (text.find('"' + name + '"') != std::string::npos) {
    return "double quotes make \"" + name + "\" a name; a string takes single ones: '" + name + "'";
  }
  if (text.find('@' + name) == std::string::npos) return {};
  return "@" + name +
         " is a parameter or variable of another program, and no value comes with it: write the value itself";
}

}  // namespace

void check_expressions(const Subject& subject, Findings& findings) {
  if (!subject.statement.rejection) return;
  const Rejection& rejection = *subject.statement.rejection;
  std::string text = "the server rejects the statement: ";
  if (!rejection.place.empty()) text = "the server rejects " + rejection.place + ": ";
  text += rejection.message + " (SQLSTATE " + rejection.sqlstate + ")";
  std::string remedy = rejection.missing_column.empty() ? "" : meant_instead(subject, rejection.missing_column);
  if (remedy.empty()) remedy = rejection.hint;
  if (remedy.empty()) remedy = "correct the expression; it is SQL over one row of " + table_name(subject.facts);
  refuse(findings, "expressions", code_of(rejection.condition), text, remedy);
}

}  // namespace pgfill::plan
