// The `throttle` block of a spec as YAML.
#pragma once

#include <string>

#include "pgfill/throttle.h"

namespace pgfill::spec {

/// What differs from the defaults, as lines of YAML that read back to equal limits; a comment when nothing does.
std::string throttle_block(const Throttle& throttle);

}  // namespace pgfill::spec
