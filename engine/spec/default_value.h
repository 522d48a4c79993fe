// The word DEFAULT as a new value, and strings whose meaning depends on a setting. Looks at the text only: what the
// default is, the catalogue tells.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "pgfill/spec.h"

namespace pgfill::spec {

std::vector<std::string> columns_set_to_default(const JobSpec& spec);

/// The spec with the values of `defaults` where it says DEFAULT; columns that are not among them stay.
JobSpec with_defaults(JobSpec spec, const std::vector<Assignment>& defaults);

/// Why the expression cannot be a new value in batches; nothing when it can.
std::optional<std::string> not_batchable(const std::string& expression, const JobSpec& spec);

/// Whether the text holds a plain string with a backslash: without standard_conforming_strings it means something else.
bool has_backslash_in_string(const std::string& expression);

}  // namespace pgfill::spec
