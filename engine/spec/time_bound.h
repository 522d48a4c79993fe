// The time in a condition: now() and its kin, which would move with every batch. A deletion has one bound instead, that
// of the time it is registered.
#pragma once

#include <string>

#include "pgfill/spec.h"

namespace pgfill::spec {

/// Whether the condition asks for the present time. What a sub-select or a function of the application asks for is
/// another thing's: only calls in the condition's own text are meant.
bool reads_time(const std::string& condition);

/// The spec with the time, as ISO 8601 in UTC, in the place of such calls in its condition. What they give otherwise (a
/// date, a time without zone) follows from it by the time zone of the job.
JobSpec at_time(JobSpec spec, const std::string& time);

}  // namespace pgfill::spec
