// What a job is expected to cost, from facts and the server's estimates. Pure.
#pragma once

#include "pgfill/plan.h"
#include "pgfill/spec.h"
#include "plan/explain.h"
#include "plan/facts.h"

namespace pgfill::plan {

/// Durations are a range between the fastest and the slowest rate measured, without throttling.
Estimate estimate_cost(const JobSpec& spec, const Facts& facts, const StatementFacts& statement, int stripes);

}  // namespace pgfill::plan
