// A condition over a column without statistics: how many rows meet it is anybody's guess.
#include "plan/checks/checks.h"

namespace pgfill::plan {

void check_statistics(const Subject& subject, Findings& findings) {
  const std::vector<std::string> unknown = columns_without_statistics(subject.facts, subject.spec.where);
  if (unknown.empty()) return;
  note(findings, "statistics",
       "there are no statistics of " + first_of(unknown) + ", so every row is taken to meet the condition",
       "ANALYZE " + table_name(subject.facts) + " tells more");
}

}  // namespace pgfill::plan
