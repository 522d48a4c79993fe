// The rows of a distributed table lie in shards, on other nodes mostly: batches over the whole of it commit in two
// phases, and Citus refuses what goes around the rows that others hold.
#include "plan/checks/checks.h"

namespace pgfill::plan {

void check_distributed(const Subject& subject, Findings& findings) {
  if (!subject.facts.distributed) return;
  refuse(
      findings, "distributed", ErrorCode::table_kind,
      table_name(subject.facts) +
          " is a table of Citus (distributed, reference or local): its rows lie in shards, and the ledger must commit "
          "with them",
      "such tables are not supported yet; run the statement through Citus in pieces of your own, by the distribution "
      "column");
}

}  // namespace pgfill::plan
