// Fields of a spec that people may change while the job runs (`pgfill set`, pgfill.set): laid over the spec and checked
// as the spec itself is.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "pgfill/spec.h"

namespace pgfill::spec {

/// True where the row, or that of a group around it, says so: what does not decide which rows get which values.
bool is_live(std::string_view path);

/// The spec with these fields (path, value as the spec would write it). Errors: spec_unknown_field for a field that is
/// none or may not change, spec_bad_value; the message names path and value.
Result<JobSpec> with_settings(const JobSpec& spec, const std::vector<std::pair<std::string, std::string>>& settings);

}  // namespace pgfill::spec
