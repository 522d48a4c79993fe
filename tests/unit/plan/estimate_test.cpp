// What a job costs, from facts of an imaginary table and rows that were tried of it.
#include "plan/estimate.h"

#include <gtest/gtest.h>

#include <cmath>

#include "unit/plan/example_facts.h"

namespace pgfill::plan {
namespace {

constexpr double mega = 1e6;

StatementFacts matching(double share) {
  StatementFacts statement;
  statement.matching_share = share;
  return statement;
}

Sample tried(std::vector<TriedBatch> batches) {
  Sample sample;
  sample.taken = sample.written = true;
  sample.batches = std::move(batches);
  sample.words = "a try";
  return sample;
}

/// Of the example's table in one pass by its key.
Estimate estimated(const Facts& facts, const StatementFacts& statement, const Sample& sample = {}, int stripes = 1,
                   const JobSpec& spec = example_spec()) {
  return estimate_cost(spec, facts, statement, sample, Route{Order::key, stripes, "id"});
}

double middle(const Estimate& estimate) {
  return std::sqrt(static_cast<double>(estimate.shortest.count()) * static_cast<double>(estimate.longest.count()));
}

TEST(EstimateCost, GrowsWithTheRowsToChangeAndStaysARange) {
  const Facts facts = example_facts();
  const Estimate nothing = estimated(facts, matching(0));
  const Estimate some = estimated(facts, matching(0.5));
  EXPECT_EQ(nothing.rows_to_change, 0);
  EXPECT_EQ(nothing.heap_growth_bytes, 0);
  EXPECT_EQ(nothing.wal_bytes, 0);
  EXPECT_EQ(some.rows_in_table, 1'000'000);
  EXPECT_EQ(some.rows_to_change, 500'000);
  EXPECT_EQ(some.heap_growth_bytes, 100'000'000);
  EXPECT_EQ(some.index_growth_bytes, 10'000'000);
  EXPECT_LT(some.shortest, some.longest);
  EXPECT_LE(nothing.longest, some.longest);
  EXPECT_TRUE(some.hot_possible);
  EXPECT_EQ(some.basis, "statistics");
}

TEST(EstimateCost, StripesAndRoomInThePagesKeepTheTableSmall) {
  Facts facts = example_facts();
  EXPECT_NEAR(static_cast<double>(estimated(facts, {}, {}, 8).heap_growth_bytes) / 200e6, 0.20, 0.02);
  facts.table.fillfactor = 85;
  EXPECT_LT(static_cast<double>(estimated(facts, {}, {}, 8).heap_growth_bytes) / 200e6, 0.03);
  EXPECT_NEAR(static_cast<double>(estimated(facts, {}).heap_growth_bytes) / 200e6, 0.82, 0.02);
}

TEST(EstimateCost, AnIndexOverAColumnToSetCostsTimeAndWalAndForbidsHot) {
  Facts facts = example_facts();
  const Estimate before = estimated(facts, {}, {}, 8);
  facts.indexes.push_back(unique_index("users_state", {state}));
  const Estimate estimate = estimated(facts, {});
  EXPECT_FALSE(estimate.hot_possible);
  EXPECT_GT(middle(estimate), middle(before));
  EXPECT_GT(estimate.wal_bytes, before.wal_bytes * 3 / 2);
}

TEST(EstimateCost, AnEmptyTableTakesNoTime) {
  Facts facts = example_facts();
  facts.table.estimated_rows = 0;
  facts.table.heap_bytes = 0;
  const Estimate estimate = estimated(facts, {});
  EXPECT_EQ(estimate.rows_to_change, 0);
  EXPECT_EQ(estimate.longest.count(), 0);
  EXPECT_EQ(estimate.heap_growth_bytes, 0);
}

TEST(EstimateCost, WhatWasTriedCountsMoreThanWhatIsUsual) {
  // A millisecond a row, whatever the size: 1,000 s of one session.
  const Sample sample = tried({{20, 20, 20'000, 0, 0, 0}, {200, 200, 200'000, 0, 0, 0}});
  const Estimate estimate = estimated(example_facts(), {}, sample);
  EXPECT_NEAR(middle(estimate), 741, 80);
  EXPECT_EQ(estimate.basis, "a try");
}

TEST(EstimateCost, RowsThatTheConditionLeavesOutCostLittle) {
  // A tenth of the rows tried met it, a millisecond each.
  const Sample sample = tried({{20, 2, 2'000, 0, 0, 0}, {200, 20, 20'000, 0, 0, 0}});
  EXPECT_NEAR(middle(estimated(example_facts(), matching(0.06), sample)), 45, 6);
}

TEST(EstimateCost, ManyRowsThatMeetTheConditionAtEveryPlaceCountMoreThanThePlannersGuess) {
  const Sample sample = tried({{20, 20, 100, 0, 0, 0}, {200, 180, 1000, 0, 0, 0}, {200, 200, 1000, 0, 0, 0}});
  EXPECT_EQ(estimated(example_facts(), matching(0.005), sample).rows_to_change, 900'000);
  EXPECT_EQ(estimated(example_facts(), matching(0.6), sample).rows_to_change, 600'000);
  const Sample elsewhere = tried({{20, 20, 100, 0, 0, 0}, {200, 0, 1000, 0, 0, 0}, {200, 200, 1000, 0, 0, 0}});
  EXPECT_EQ(estimated(example_facts(), matching(0.1), elsewhere).rows_to_change, 100'000);
}

TEST(EstimateCost, WalIsWhatWasTriedAndEachPageOnceAfterACheckpoint) {
  Facts facts = example_facts();
  facts.server.checkpoint_bytes = 64'000'000'000;
  const Sample without = tried({{20, 20, 100, 10'000, 0, 0}, {200, 200, 1000, 100'000, 0, 0}});
  EXPECT_NEAR(static_cast<double>(estimated(facts, {}, without).wal_bytes) / mega, 500, 10);
  // The heap has 24,414 pages, and each of these and of the index's found its image in the WAL.
  const Sample with = tried({{20, 20, 100, 10'000 + 2 * 8100, 2, 0}, {200, 200, 1000, 100'000 + 9 * 8100, 9, 0}});
  EXPECT_NEAR(static_cast<double>(estimated(facts, {}, with).wal_bytes) / mega, 500 + 218, 20);
  facts.server.full_page_writes = false;
  EXPECT_NEAR(static_cast<double>(estimated(facts, {}, without).wal_bytes) / mega, 500, 10);
}

TEST(EstimateCost, RowsThatGetWiderNeedRoomWhereverTheyLie) {
  Sample sample = tried({{20, 20, 100, 10'000, 0, 0}, {200, 200, 1000, 100'000, 0, 0}});
  const Estimate as_wide = estimated(example_facts(), {}, sample, 8);
  sample.set_bytes = 58;
  const Estimate wider = estimated(example_facts(), {}, sample, 8);
  EXPECT_EQ(wider.heap_growth_bytes - as_wide.heap_growth_bytes, 50'000'000);
  EXPECT_GT(wider.wal_bytes, as_wide.wal_bytes + 30'000'000);
}

TEST(EstimateCost, ValuesOutsideOfTheRowsCountForGrowthAndWal) {
  Facts facts = example_facts();
  facts.table.estimated_rows = 1000;
  facts.table.heap_bytes = 80'000;
  facts.table.toast_bytes = 280'000'000;
  facts.columns[state - 1].width = 18;
  JobSpec spec = example_spec();
  spec.set() = {{"state", "upper(state)"}};
  const Estimate by_statistics = estimated(facts, {}, {}, 1, spec);
  EXPECT_NEAR(static_cast<double>(by_statistics.heap_growth_bytes) / mega, 293, 10);
  EXPECT_GT(by_statistics.wal_bytes, 290'000'000);
  spec.set() = {{"code", "1"}};  // leaves them where they are
  EXPECT_LT(estimated(facts, {}, {}, 1, spec).heap_growth_bytes, 1'000'000);
  // New values are twice as wide as the old ones.
  Sample sample = tried({{1, 1, 3'000, 600'000, 0, 0}, {4, 4, 12'000, 2'400'000, 0, 0}});
  sample.set_bytes = sample.outside_bytes = 560'000;
  const Estimate by_try = estimated(facts, {}, sample);
  EXPECT_NEAR(static_cast<double>(by_try.heap_growth_bytes) / mega, 586, 20);
  EXPECT_NEAR(static_cast<double>(by_try.wal_bytes) / mega, 600, 60);
}

TEST(EstimateCost, ATableReadByEveryBatchCountsForEachOfThem) {
  Scan scan{"Index Only Scan", "public", "banned", "banned", "banned_pkey", 150'000};
  scan.whole = scan.hashed = true;
  scan.relation_rows = 150'000;
  StatementFacts statement;
  const double without = middle(estimated(example_facts(), statement));
  statement.scans.push_back(scan);
  EXPECT_GT(middle(estimated(example_facts(), statement)), without);
}

TEST(ForecastBatch, GrowsUntilTheFixedPartIsASmallShareAsFarAsLocksMayBeHeld) {
  const BatchLimits limits;
  const ServerFact server;
  EXPECT_NEAR(forecast_batch(limits, {0, 10, 1}, server).rows, 2'500, 1);
  EXPECT_NEAR(forecast_batch(limits, {20'000, 10, 1}, server).microseconds, 100'000, 10);
  EXPECT_NEAR(forecast_batch(limits, {270'000, 10, 1}, server).microseconds, 600'000, 10);
  EXPECT_EQ(forecast_batch(limits, {0, 0.01, 1}, server).rows, limits.max_rows);
  EXPECT_EQ(forecast_batch(limits, {0, 500'000, 1}, server).rows, 1);
}

}  // namespace
}  // namespace pgfill::plan
