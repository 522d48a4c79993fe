// Jobs as metrics in the text format that Prometheus reads (exposition format 0.0.4): names in base units, labels that
// do not grow with time. Pure.
#pragma once

#include <string>
#include <vector>

#include "pgfill/job.h"

namespace pgfill::report {

/// Every job, and every signal of the throttle that a runner watches now; ends with a line feed.
std::string metrics_text(const std::vector<JobStatus>& jobs);

}  // namespace pgfill::report
