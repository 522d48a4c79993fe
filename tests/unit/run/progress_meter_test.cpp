// Progress from counts and shares, with time as an argument.
#include "run/progress_meter.h"

#include <gtest/gtest.h>

namespace pgfill::run {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

const async::TimePoint start{seconds(1000)};

work::CommittedBatch batch(std::int64_t rows, milliseconds duration) {
  return {rows, rows, std::chrono::duration_cast<std::chrono::microseconds>(duration)};
}

ledger::RangeTotals at_share(double share) {
  ledger::RangeTotals totals;
  totals.ranges = 10;
  totals.done = static_cast<std::int64_t>(share * 10);
  totals.share_done = share;
  return totals;
}

TEST(ProgressMeter, AddsThisRunToWhatWasCommittedBefore) {
  ProgressMeter meter("job", "public.t", "update", 1000, start);
  ledger::RangeTotals before = at_share(0.5);
  before.rows_changed = 500;
  meter.set_base(before);
  meter.count(batch(100, milliseconds(10)));
  const Progress progress = meter.progress(start + seconds(1), 1);
  EXPECT_EQ(progress.rows_changed, 600);
  EXPECT_EQ(progress.rows_changed_now, 100);
  EXPECT_EQ(progress.batches, 1);
  EXPECT_DOUBLE_EQ(progress.share, 0.5);
}

TEST(ProgressMeter, ReportsTheMiddleAndTheTailOfTheLastBatches) {
  ProgressMeter meter("job", "public.t", "update", 1000, start);
  for (int i = 1; i <= 100; ++i) meter.count(batch(10, milliseconds(i)));
  const Progress progress = meter.progress(start + seconds(1), 1);
  EXPECT_NEAR(static_cast<double>(progress.batch_p50.count()), 50'000, 1'000);
  EXPECT_NEAR(static_cast<double>(progress.batch_p99.count()), 99'000, 1'000);
}

TEST(ProgressMeter, ForetellsTheEndAsARangeOnceItHasSettled) {
  ProgressMeter meter("job", "public.t", "update", 1000, start);
  EXPECT_FALSE(meter.progress(start + seconds(1), 1).eta_longest);
  for (int second = 1; second <= 50; ++second) meter.take(at_share(second / 100.0), start + seconds(second));
  const Progress progress = meter.progress(start + seconds(50), 1);
  ASSERT_TRUE(progress.eta_shortest && progress.eta_longest);
  EXPECT_NEAR(static_cast<double>(progress.eta_shortest->count()), 45, 2);
  EXPECT_NEAR(static_cast<double>(progress.eta_longest->count()), 61, 2);
}

TEST(ProgressMeter, NeverPassesTheWholeAndForetellsNothingWhenNothingMoves) {
  ProgressMeter meter("job", "public.t", "update", 1000, start);
  for (int second = 1; second <= 10; ++second) meter.take(at_share(0), start + seconds(second));
  EXPECT_FALSE(meter.progress(start + seconds(10), 1).eta_longest);
  ledger::RangeTotals over = at_share(0.9);
  over.share_done = 1.3;
  meter.take(over, start + seconds(11));
  EXPECT_DOUBLE_EQ(meter.progress(start + seconds(11), 1).share, 1.0);
}

TEST(ProgressMeter, CountsRetries) {
  ProgressMeter meter("job", "public.t", "update", 1000, start);
  meter.count_retry();
  EXPECT_EQ(meter.progress(start, 0).retries, 1);
}

/// A job that met `beyond` rows more than there were, second by second; `inserted` of them come in each second.
ProgressMeter beyond_its_rows(std::int64_t beyond, std::int64_t inserted) {
  ProgressMeter meter("job", "public.t", "update", 50'000, start);
  for (int second = 1; second <= 10; ++second) {
    const async::TimePoint now = start + seconds(second);
    ledger::RangeTotals totals = at_share(0.9 + second / 1000.0);
    totals.rows_beyond = beyond;
    meter.count(batch(10'000, milliseconds(10)));
    meter.take(totals, now);
    meter.take_inserted(7'000'000 + second * inserted, now);
  }
  return meter;
}

TEST(ProgressMeter, ForetellsNoEndWhileMoreRowsAreMetThanThereWere) {
  const Progress progress = beyond_its_rows(100'000, 5'000).progress(start + seconds(10), 1);
  EXPECT_FALSE(progress.eta_shortest || progress.eta_longest);
  EXPECT_EQ(progress.estimated_rows, 150'000);
  EXPECT_TRUE(beyond_its_rows(900, 5'000).progress(start + seconds(10), 1).eta_longest) << "an estimate is not exact";
}

TEST(ProgressMeter, SaysThatRowsComeInAsFastAsItGoesOn) {
  const auto outgrown = beyond_its_rows(100'000, 20'000).outgrown();
  ASSERT_TRUE(outgrown);
  EXPECT_NEAR(outgrown->inserted, 20'000, 1);
  EXPECT_NEAR(outgrown->advanced, 10'000, 1);
  EXPECT_FALSE(beyond_its_rows(100'000, 5'000).outgrown()) << "it catches up";
  EXPECT_FALSE(beyond_its_rows(0, 20'000).outgrown()) << "they are not in its way";
}

}  // namespace
}  // namespace pgfill::run
