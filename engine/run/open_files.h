// What a run needs of its process: enough files and connections that may be open at once.
#pragma once

#include <optional>

#include "pgfill/error.h"
#include "pgfill/spec.h"

namespace pgfill::run {

/// Raises the soft limit of open files (RLIMIT_NOFILE) of this process if the job with so many workers needs it. An
/// error when the hard limit is too low. Thread-safe as far as nobody else sets the limit.
std::optional<Error> allow_open_files(const JobSpec& spec, int workers);

}  // namespace pgfill::run
