// An expression that reads the table it changes sees what earlier batches have done, and rows that others change
// meanwhile as they were before.
#include <algorithm>

#include "plan/checks/checks.h"

namespace pgfill::plan {

namespace {

/// The server plans the job's own scan of a relation once.
bool is_read_twice(const Scan& scan, const std::vector<Scan>& scans) {
  return std::count_if(scans.begin(), scans.end(), [&](const Scan& other) {
           return other.relation == scan.relation && other.schema == scan.schema;
         }) > 1;
}

}  // namespace

void check_subqueries(const Subject& subject, Findings& findings) {
  // Of the whole table: a batch may leave partitions out, and an empty table has no batch.
  const std::vector<Scan>& scans = subject.statement.whole_scans;
  const bool found = std::any_of(scans.begin(), scans.end(), [&](const Scan& scan) {
    return reads_table(scan, subject) && (is_read_twice(scan, scans) || !is_target(scan, subject));
  });
  if (!found) return;
  refuse(findings, "subqueries", ErrorCode::expression_unsafe,
         "a subquery reads " + table_name(subject.facts) +
             ", the table the job changes: its answer depends on which batches have run",
         "compute the values into another table first, then let the job read that one");
}

}  // namespace pgfill::plan
