// A table that logical replication fills: its apply worker writes whole rows, whatever was changed here.
#include "plan/checks/checks.h"

namespace pgfill::plan {

void check_subscriptions(const Subject& subject, Findings& findings) {
  const Facts& facts = subject.facts;
  if (facts.subscriptions.empty()) return;
  warn(findings, "subscriptions",
       "subscription " + joined(facts.subscriptions) + " fills " + table_name(facts) +
           ": each row that changes at the publisher gets back what the publisher has in (" +
           column_names(facts, assigned_columns(facts, subject.spec)) + ")",
       "run the job at the publisher, or leave these columns out of the publication");
}

}  // namespace pgfill::plan
