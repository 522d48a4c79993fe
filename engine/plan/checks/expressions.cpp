// What the server says against the statement becomes the refusal, in its own words.
#include "plan/checks/checks.h"

namespace pgfill::plan {
namespace {

ErrorCode code_of(const std::string& sqlstate) {
  if (sqlstate == "42501") return ErrorCode::privilege;  // insufficient_privilege
  if (sqlstate == "42P10" || sqlstate == "0A000") return ErrorCode::expression_unsafe;
  return ErrorCode::expression_invalid;
}

/// The name in `column "name" does not exist`; empty when the server says something else.
std::string missing_column(const Rejection& rejection) {
  constexpr std::string_view begin = "column \"";
  const std::string& message = rejection.message;
  if (rejection.sqlstate != "42703" || !message.starts_with(begin)) return {};  // undefined_column
  return message.substr(begin.size(), message.find('"', begin.size()) - begin.size());
}

/// What the person may have meant by a name that is no column: a string, or a parameter.
std::string meant_instead(const Subject& subject, const std::string& name) {
  std::string text = subject.spec.where;
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
  const std::string missing = missing_column(rejection);
  std::string remedy = missing.empty() ? "" : meant_instead(subject, missing);
  if (remedy.empty()) remedy = rejection.hint;
  if (remedy.empty()) remedy = "correct the expression; it is SQL over one row of " + table_name(subject.facts);
  refuse(findings, "expressions", code_of(rejection.sqlstate), text, remedy);
}

}  // namespace pgfill::plan
