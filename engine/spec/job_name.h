// Names of jobs: what is legal, and the name made for a job that has none. Pure text.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace pgfill::spec {

/// 1 to 63 of a-z, 0-9, `_` and `-`.
bool is_job_name(std::string_view text);

/// The table and the columns set, joined by '-': users-account-state. The same input gives the same name for ever;
/// names that were cut or lost letters end in a hash of the whole.
std::string make_job_name(std::string_view table, const std::vector<std::string>& columns);

}  // namespace pgfill::spec
