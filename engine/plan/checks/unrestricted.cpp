// A job without `where` is legal, where it is no deletion, but nothing in the rows says what has been done.
#include "plan/checks/checks.h"

namespace pgfill::plan {

void check_unrestricted(const Subject& subject, Findings& findings) {
  if (!subject.spec.where.empty()) return;
  if (const Delete* deletes = subject.spec.deletes()) {
    if (deletes->all) return;
    return refuse(findings, "unrestricted", ErrorCode::every_row,
                  "the job has no where: every row of " + table_name(subject.facts) + " would be deleted",
                  "name the rows to be deleted; if every row is meant, say so in a spec: all: true (TRUNCATE is faster "
                  "where nobody uses the table)");
  }
  note(findings, "unrestricted",
       "the job has no where: every row is changed, and running it --again changes every row again",
       "name the rows still to do, for instance where: " +
           (subject.spec.set().empty() ? std::string("new_column") : readable(subject.spec.set().front().column)) +
           " IS NULL");
}

}  // namespace pgfill::plan
