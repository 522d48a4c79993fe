// How much the job may write. SQL cannot see how much room a volume has, so this is for a person to compare.
#include <array>

#include "plan/checks/checks.h"

namespace pgfill::plan {
namespace {

std::string readable_size(std::int64_t bytes) {
  constexpr std::array units{"bytes", "KiB", "MiB", "GiB", "TiB"};
  constexpr std::int64_t step = 1024;
  std::size_t unit = 0;
  while (unit + 1 < units.size() && bytes >= 10 * step) {
    bytes /= step;
    ++unit;
  }
  return std::to_string(bytes) + " " + units[unit];
}

}  // namespace

void check_disk_room(const Subject& subject, Findings& findings) {
  if (subject.statement.rejection || subject.estimate.rows_to_change == 0) return;
  note(findings, "disk_room",
       "the table may grow by up to " + readable_size(subject.estimate.heap_growth_bytes) + ", its indexes by up to " +
           readable_size(subject.estimate.index_growth_bytes) + " (" + readable_size(subject.facts.table.index_bytes) +
           " now), and the server writes about " + readable_size(subject.estimate.wal_bytes) + " of WAL",
       "compare with the free room of the data and WAL volumes: SQL cannot see it");
}

}  // namespace pgfill::plan
