// What the server says against the statement becomes the refusal, in its own words.
#include "plan/checks/checks.h"

namespace pgfill::plan {
namespace {

ErrorCode code_of(const std::string& sqlstate) {
  if (sqlstate == "42501") return ErrorCode::privilege;  // insufficient_privilege
  if (sqlstate == "42P10" || sqlstate == "0A000") return ErrorCode::expression_unsafe;
  return ErrorCode::expression_invalid;
}

}  // namespace

void check_expressions(const Subject& subject, Findings& findings) {
  if (!subject.statement.rejection) return;
  const Rejection& rejection = *subject.statement.rejection;
  std::string text = "the server rejects the statement: ";
  if (!rejection.place.empty()) text = "the server rejects " + rejection.place + ": ";
  text += rejection.message + " (SQLSTATE " + rejection.sqlstate + ")";
  std::string remedy = rejection.hint;
  if (remedy.empty()) remedy = "correct the expression; it is SQL over one row of " + table_name(subject.facts);
  refuse(findings, "expressions", code_of(rejection.sqlstate), text, remedy);
}

}  // namespace pgfill::plan
