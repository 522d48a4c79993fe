// Whether a row may be changed twice without harm. Looks at the text only.
#pragma once

#include "pgfill/spec.h"

namespace pgfill::spec {

/// True when every new value is made of columns that the job does not set, by operators and functions that are known to
/// give the same for the same: then a second change writes what the first has written. When in doubt, false.
bool repeatable(const JobSpec& spec);

}  // namespace pgfill::spec
