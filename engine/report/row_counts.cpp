#include "report/row_counts.h"

#include "kinds/kind.h"
#include "report/quantity.h"

namespace pgfill::report {

std::vector<RowCount> row_counts(const std::string& kind, std::int64_t changed, std::int64_t kept) {
  return kinds::kind_named(kind).counts({changed, kept});
}

std::string counted_as(const std::string& kind) {
  return std::string(row_counts(kind, 0, 0).front().name);
}

std::string counts_in_full(const std::string& kind, std::int64_t changed, std::int64_t kept) {
  std::string words;
  for (const RowCount& one : row_counts(kind, changed, kept)) {
    if (!words.empty() && one.rows == 0) continue;
    words += (words.empty() ? "" : " and ") + counted(one.rows, std::string(one.name) + " row");
  }
  return words;
}

std::vector<std::string> short_counts(const std::string& kind, std::int64_t changed, std::int64_t kept) {
  std::vector<std::string> words;
  for (const RowCount& one : row_counts(kind, changed, kept)) {
    if (!words.empty() && one.rows == 0) continue;
    words.push_back(short_count(static_cast<double>(one.rows)) + " " + std::string(one.name));
  }
  return words;
}

}  // namespace pgfill::report
