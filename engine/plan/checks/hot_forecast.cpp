// Whether updates can be heap-only (HOT): an index over a changed column forbids it, and every index then gets a new
// entry for each row.
#include "plan/checks/checks.h"

namespace pgfill::plan {

void check_hot_forecast(const Subject& subject, Findings& findings) {
  const ColumnNumbers changed = assigned_columns(subject.facts, subject.spec);
  if (changed.empty()) return;
  const std::vector<std::string> names = indexes_touched(subject.facts, changed);
  if (names.empty()) {
    note(findings, "hot_forecast",
         "no index covers a column to set: updates are heap-only (HOT) where a page has room");
    return;
  }
  const std::string verb = names.size() == 1 ? "index " : "indexes ";
  warn(findings, "hot_forecast",
       verb + first_of(names) + (names.size() == 1 ? " covers" : " cover") +
           " a column to set: no update is heap-only (HOT), and each of the table's " +
           std::to_string(subject.facts.indexes.size()) + " indexes gets an entry for every row changed",
       "where nobody needs it meanwhile, drop the index and build it again, CONCURRENTLY, after the job");
}

}  // namespace pgfill::plan
