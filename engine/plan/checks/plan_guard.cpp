// A batch must walk the key's index, in each partition it looks into, or the positions between two. A batch that reads
// the whole table makes the job quadratic.
#include <set>

#include "plan/checks/checks.h"

namespace pgfill::plan {
namespace {

constexpr std::string_view name = "plan_guard";

/// The indexes that are, or belong to, the index of the key.
std::set<std::string> key_indexes(const Subject& subject) {
  std::set<std::string> names{subject.key->index};
  for (const LeafIndexFact& index : subject.facts.leaf_indexes) {
    if (index.table_index == subject.key->index) names.insert(index.name);
  }
  return names;
}

void check_target(const Scan& scan, const Subject& subject, const std::set<std::string>& walked, Findings& findings) {
  if (walked.contains(scan.index) || scan.method == position_scan) return;
  const std::string table = qualified(scan.schema, scan.relation);
  if (scan.index.empty()) {
    refuse(findings, name, ErrorCode::plan_scans_table,
           "the server would read " + table + " with a " + scan.method + " in every batch instead of walking index " +
               readable(subject.key->index),
           "ANALYZE " + table + "; if that changes nothing, look at the plan of the batch and at the table's settings");
    return;
  }
  warn(findings, name,
       "the server reads a batch by index " + readable(scan.index) + " instead of the key's index " +
           readable(subject.key->index) + "; each batch may visit rows of other batches",
       "ANALYZE " + table + ", then plan again");
}

}  // namespace

void check_plan_guard(const Subject& subject, Findings& findings) {
  if (!subject.key) return;
  const std::set<std::string> walked = key_indexes(subject);
  std::set<std::string> told;  // a condition is in a statement twice when batches ask done rows
  for (const Scan& scan : subject.statement.scans) {
    if (is_target(scan, subject)) {
      check_target(scan, subject, walked, findings);
    } else if (scan.method == "Seq Scan" && told.insert(scan.schema + "." + scan.relation).second) {
      warn(findings, name,
           "every batch reads the whole of " + readable(scan.schema) + "." + readable(scan.relation) + ", about " +
               std::to_string(static_cast<std::int64_t>(scan.rows)) + " rows",
           "index the columns the subquery compares");
    }
  }
}

}  // namespace pgfill::plan
