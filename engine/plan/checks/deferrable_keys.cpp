// A deferrable constraint is checked when the statement or its transaction ends, so one statement may pass through
// duplicates (pos = pos + 1); of many batches each ends by itself, and the first duplicate between them stops the job.
#include <algorithm>

#include "plan/checks/checks.h"

namespace pgfill::plan {
namespace {

constexpr std::string_view name = "deferrable_keys";

/// Columns that decide whether two rows are in each other's way.
ColumnNumbers deciding_columns(const IndexFact& index) {
  return index.partial || contains(index.columns, 0) ? index.touched_by : index.columns;
}

/// Whether a column of the constraint gets a value that is computed from one: a shift or an exchange, which needs the
/// other rows out of the way first.
bool moves_within(const Subject& subject, const ColumnNumbers& columns) {
  return std::any_of(subject.spec.set().begin(), subject.spec.set().end(), [&](const Assignment& assignment) {
    const ColumnFact* assigned = find_column(subject.facts, assignment.column);
    if (assigned == nullptr || !contains(columns, assigned->number)) return false;
    return std::any_of(columns.begin(), columns.end(), [&](int number) {
      const ColumnFact* column = find_column(subject.facts, number);
      return column != nullptr && has_name(assignment.expression, *column);
    });
  });
}

}  // namespace

void check_deferrable_keys(const Subject& subject, Findings& findings) {
  const ColumnNumbers changed = with_dependents(subject.facts, assigned_columns(subject.facts, subject.spec));
  for (const IndexFact& index : subject.facts.indexes) {
    if (index.immediate) continue;
    const ColumnNumbers columns = deciding_columns(index);
    if (!overlap(columns, changed)) continue;
    const std::string text = "constraint " + readable(index.name) + " (" + column_names(subject.facts, index.columns) +
                             ") is deferrable, so one statement may pass through values that collide; batches are "
                             "committed one by one, and a row stops the job when its new value is another row's still";
    if (moves_within(subject, columns)) {
      refuse(findings, name, ErrorCode::expression_unsafe, text,
             "compute the values into another column first, or move the rows by one statement of your own");
    } else {
      warn(findings, name, text, "make sure that no new value is the present one of a row that is not done yet");
    }
  }
}

}  // namespace pgfill::plan
