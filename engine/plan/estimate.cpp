#include "plan/estimate.h"

#include <cmath>

namespace pgfill::plan {
namespace {

// Rows a second, from the measurements in bench/README.md: two workers on two cores, a replica beside them.
constexpr double fastest_change = 250'000;
constexpr double slowest_change = 60'000;
constexpr double fastest_walk = 4'000'000;  // rows that `where` leaves out are only read
constexpr double slowest_walk = 500'000;
// An index over a column to set costs a quarter.
constexpr double index_cost = 1.25;
// Of the growth of a single pass, where pages are full.
constexpr double growth_in_stripes = 0.25;

std::chrono::seconds seconds(double value) {
  return std::chrono::seconds(static_cast<std::int64_t>(std::ceil(value)));
}

}  // namespace

Estimate estimate_cost(const JobSpec& spec, const Facts& facts, const StatementFacts& statement, int stripes) {
  Estimate estimate;
  const double rows = static_cast<double>(facts.table.estimated_rows);
  const double changed = std::round(rows * statement.matching_share);
  estimate.rows_in_table = facts.table.estimated_rows;
  estimate.rows_to_change = static_cast<std::int64_t>(changed);
  estimate.hot_possible = indexes_touched(facts, assigned_columns(facts, spec)).empty();
  const double cost = estimate.hot_possible ? 1.0 : index_cost;
  estimate.shortest = seconds(changed / fastest_change * cost + (rows - changed) / fastest_walk);
  estimate.longest = seconds(changed / slowest_change * cost + (rows - changed) / slowest_walk);
  // A changed row leaves its old version behind.
  const double share = rows > 0 ? changed / rows : 0;
  const double grown = stripes > 1 ? growth_in_stripes : 1.0;
  estimate.heap_growth_bytes = static_cast<std::int64_t>(share * grown * static_cast<double>(facts.table.heap_bytes));
  return estimate;
}

}  // namespace pgfill::plan
