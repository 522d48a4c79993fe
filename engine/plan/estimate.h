// What a job is expected to cost, from facts, the server's estimates and what was tried. Pure.
#pragma once

#include "pgfill/plan.h"
#include "pgfill/spec.h"
#include "plan/explain.h"
#include "plan/facts.h"
#include "plan/sample_costs.h"

namespace pgfill::plan {

/// How the job goes over its table.
struct Route {
  Order order = Order::key;  ///< never automatic
  int stripes = 1;
  std::string key_column;     ///< the first of the key
  std::size_t relations = 1;  ///< that batches go over one by one
};

/// Durations are a range around what is expected, without throttling.
Estimate estimate_cost(const JobSpec& spec, const Facts& facts, const StatementFacts& statement, const Sample& sample,
                       const Route& route);

/// How many rows a batch will have, and what it takes: where the fixed part rules, batches grow until it is a small
/// share, as far as locks may be held.
struct BatchForecast {
  double rows = 0;
  double microseconds = 0;
};
BatchForecast forecast_batch(const BatchLimits& limits, const BatchCost& cost, const ServerFact& server);

}  // namespace pgfill::plan
