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

/// The fields that may be set, each with the shape of its values: a regular expression that PostgreSQL and C++ read
/// alike. Enough to catch what somebody mistyped; with_settings() has the whole rule.
std::vector<std::pair<std::string, std::string>> live_fields();

/// A field by its path, and its value as the spec would write it.
using Setting = std::pair<std::string, std::string>;

/// The spec with these fields, which are judged together: their order means nothing. Errors: spec_unknown_field for a
/// field that is none or may not change, spec_bad_value; the message names path and value.
Result<JobSpec> with_settings(const JobSpec& spec, const std::vector<Setting>& settings);

}  // namespace pgfill::spec
