// A job that reads other rows than the one it changes sees them in one snapshot: what that means for its batches.
#include "plan/checks/checks.h"
#include "spec/condition.h"

namespace pgfill::plan {

void check_one_snapshot(const Subject& subject, Findings& findings) {
  const std::vector<std::string>& functions = subject.facts.effects.reads_in_snapshot;
  const bool asks_referrers =
      kinds::kind_of(subject.spec).skips_referenced(subject.spec) && !references_of(subject.facts.referrers).empty();
  if (!spec::reads_other_rows(subject.spec) && functions.empty() && !asks_referrers) return;
  std::string who = "the search for rows that others refer to";
  if (spec::reads_other_rows(subject.spec)) who = subject.spec.from.empty() ? "a sub-select" : "the join";
  if (!functions.empty()) who = functions.front();
  note(findings, "one_snapshot",
       who +
           " reads other rows: each batch sees them in one snapshot (REPEATABLE READ), with at most 1,000 rows at "
           "first; a batch whose rows others change meanwhile is tried again, smaller");
}

}  // namespace pgfill::plan
