// A job without `where` is legal, where it is no deletion, but nothing in the rows says what has been done.
#include "plan/checks/checks.h"

namespace pgfill::plan {

void check_unrestricted(const Subject& subject, Findings& findings) {
  if (!subject.spec.where.empty()) return;
  const kinds::Kind& kind = kinds::kind_of(subject.spec);
  if (kind.lacks_condition(subject.spec)) {
    return refuse(
        findings, "unrestricted", ErrorCode::every_row,
        "the job has no where: it would " + std::string(kind.verb()) + " every row of " + table_name(subject.facts),
        "name the rows that are meant; if every row is meant, say so in a spec: all: true (TRUNCATE is faster "
        "where nobody uses the table)");
  }
  if (kinds::removes_rows(subject.spec)) return;
  note(findings, "unrestricted",
       "the job has no where: every row is changed, and running it --again changes every row again",
       "name the rows still to do, for instance where: " +
           (subject.spec.set().empty() ? std::string("new_column") : readable(subject.spec.set().front().column)) +
           " IS NULL");
}

}  // namespace pgfill::plan
