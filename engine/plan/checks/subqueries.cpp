// An expression that reads the table it changes sees what earlier batches have done, and rows that others change
// meanwhile as they were before.
#include <algorithm>

#include "plan/checks/checks.h"

namespace pgfill::plan {

void check_subqueries(const Subject& subject, Findings& findings) {
  const auto reads_table = [&](const Scan& scan) {
    return scan.relation == subject.facts.table.name && scan.schema == subject.facts.table.schema;
  };
  const std::vector<Scan>& scans = subject.statement.scans;
  if (std::count_if(scans.begin(), scans.end(), reads_table) <= 1) return;
  refuse(findings, "subqueries", ErrorCode::expression_unsafe,
         "a subquery reads " + table_name(subject.facts) +
             ", the table the job changes: its answer depends on which batches have run",
         "compute the values into another table first, then let the job read that one");
}

}  // namespace pgfill::plan
