// What has become of the rows of a job, in words, by the names that the kind of the job has for it. Pure functions.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "pgfill/kind.h"

namespace pgfill::report {

/// Of a kind by its name; never empty, the first count is what the job is there for.
std::vector<RowCount> row_counts(const std::string& kind, std::int64_t changed, std::int64_t kept);
/// The name of the first count: "changed".
std::string counted_as(const std::string& kind);

/// "1,200 deleted rows and 3 kept rows"; others than the first only where there are some.
std::string counts_in_full(const std::string& kind, std::int64_t changed, std::int64_t kept);
/// "1.2 k deleted", "3 kept": the first, and others where there are some.
std::vector<std::string> short_counts(const std::string& kind, std::int64_t changed, std::int64_t kept);

}  // namespace pgfill::report
