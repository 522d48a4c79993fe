// Room in the pages, as far as the catalogue tells: with fillfactor 100 new row versions go to the end of the table.
#include "plan/checks/checks.h"

namespace pgfill::plan {

void check_fillfactor(const Subject& subject, Findings& findings) {
  const ColumnNumbers changed = assigned_columns(subject.facts, subject.spec);
  if (changed.empty()) return;
  // Room does not help where no update can be heap-only; hot_forecast has said why.
  if (!indexes_touched(subject.facts, changed).empty()) return;
  const int fillfactor = subject.facts.table.fillfactor;
  constexpr int full = 100;
  if (fillfactor == full) {
    note(findings, "fillfactor",
         "fillfactor is 100: full pages have no room, so most new row versions go to other pages, with new entries in "
         "every index",
         "a table written with a fillfactor of 85 or less keeps most updates heap-only; it matters for rows written "
         "after the change");
  } else {
    note(findings, "fillfactor",
         "fillfactor is " + std::to_string(fillfactor) + ": pages keep room for heap-only updates");
  }
}

}  // namespace pgfill::plan
