// A job without `where` is legal, but nothing in the rows says what has been done.
#include "plan/checks/checks.h"

namespace pgfill::plan {

void check_unrestricted(const Subject& subject, Findings& findings) {
  if (!subject.spec.where.empty()) return;
  note(findings, "unrestricted",
       "the job has no where: every row is changed, and running it --again changes every row again",
       "name the rows still to do, for instance where: " +
           (subject.spec.set.empty() ? std::string("new_column") : readable(subject.spec.set.front().column)) +
           " IS NULL");
}

}  // namespace pgfill::plan
