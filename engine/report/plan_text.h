// A plan in words, for a person who decides whether to run it. Pure functions; do not print.
#pragma once

#include <string>

#include "pgfill/plan.h"
#include "pgfill/spec.h"

namespace pgfill::report {

/// What is shown before the question "run it?": table, key, rows, ranges, estimate, findings that are no notes.
std::string plan_summary(const JobSpec& spec, const Plan& plan, bool colour);

/// The summary, every finding, the exact batch statement and the server's plan of it.
std::string plan_text(const JobSpec& spec, const Plan& plan, bool colour);

}  // namespace pgfill::report
