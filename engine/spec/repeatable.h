// Whether a row may be changed twice without harm, and whether the condition may tell that it was changed. Looks at the
// text only.
#pragma once

#include <string>
#include <vector>

#include "pgfill/spec.h"

namespace pgfill::spec {

/// True when every new value is made of columns that the job does not set, by operators and functions that are known to
/// give the same for the same: then a second change writes what the first has written. When in doubt, false.
/// `generated`: columns that the server computes, maybe from those that are set.
bool repeatable(const JobSpec& spec, const std::vector<std::string>& generated = {});

/// False when the condition reads nothing that the job writes, so that it holds for a row that is done as it did
/// before.
bool condition_may_tell(const JobSpec& spec, const std::vector<std::string>& generated = {});

}  // namespace pgfill::spec
