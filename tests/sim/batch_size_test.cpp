// How large batches are where rows are wide, and where a batch costs much whatever its rows: whole jobs in virtual
// time.
#include <gtest/gtest.h>

#include "sim/scenario.h"

namespace pgfill::sim {
namespace {

using namespace std::chrono_literals;

Scenario quiet(int rows) {
  Scenario scenario;
  scenario.seed = 11;
  scenario.shape.rows = rows;
  scenario.shape.replicas = 0;
  scenario.shape.drain_rate = 1e9;
  return scenario;
}

void expect_right(const Verdict& verdict) {
  for (const std::string& violation : verdict.violations) ADD_FAILURE() << violation;
}

TEST(SimulatedBatchSize, WideRowsEndInBatchesSoSmallThatNobodyCancelsThem) {
  Scenario scenario = quiet(300);
  scenario.shape.row_cost = 40ms;
  scenario.shape.wants = 20;
  const Verdict verdict = simulate(scenario);
  expect_right(verdict);
  EXPECT_LT(verdict.seconds, 3 * 300 * 0.04);
  EXPECT_LT(verdict.slow_batches, 60);
  EXPECT_GT(verdict.batches, 150);
}

TEST(SimulatedBatchSize, ARowThatTakesLongerThanABatchMayWaitForLocksIsDoneAllTheSame) {
  Scenario scenario = quiet(20);
  scenario.shape.row_cost = 900ms;
  const Verdict verdict = simulate(scenario);
  expect_right(verdict);
  EXPECT_LT(verdict.seconds, 60);
}

TEST(SimulatedBatchSize, BatchesGrowWhereAFixedPartRules) {
  for (const Duration fixed : {Duration(80ms), Duration(300ms)}) {
    Scenario scenario = quiet(20'000);
    scenario.shape.row_cost = 20us;
    scenario.shape.batch_cost = fixed;
    const Verdict verdict = simulate(scenario);
    expect_right(verdict);
    EXPECT_LT(verdict.batches, 20'000 / 100) << "200 rows is the most here";
  }
}

TEST(SimulatedBatchSize, AFixedPartBeyondThePatienceForLocksIsPaidOnceABatch) {
  Scenario scenario = quiet(4'000);
  scenario.shape.row_cost = 20us;
  scenario.shape.batch_cost = 800ms;
  const Verdict verdict = simulate(scenario);
  expect_right(verdict);
  EXPECT_LT(verdict.batches, 150);
  EXPECT_LT(verdict.slow_batches, 40);
}

}  // namespace
}  // namespace pgfill::sim
