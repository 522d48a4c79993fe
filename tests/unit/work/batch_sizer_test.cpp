// The law of batch size, fed with measured times.
#include "work/batch_sizer.h"

#include <gtest/gtest.h>

namespace pgfill::work {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;

/// Batches of a table that costs this much a row; returns the size after `batches` of them.
std::int64_t steer(BatchSizer& sizer, double microseconds_per_row, int batches) {
  for (int i = 0; i < batches; ++i) {
    const auto cost = static_cast<std::int64_t>(microseconds_per_row * static_cast<double>(sizer.rows()));
    sizer.committed(sizer.rows(), microseconds(cost));
  }
  return sizer.rows();
}

TEST(BatchSizer, SteersToTheTargetTimeFromBothSides) {
  BatchLimits limits;
  limits.target_time = milliseconds(20);
  BatchSizer fast(limits);
  EXPECT_NEAR(static_cast<double>(steer(fast, 4, 30)), 5000, 50);
  BatchSizer slow(limits);
  EXPECT_NEAR(static_cast<double>(steer(slow, 100, 30)), 200, 5);
}

TEST(BatchSizer, AtMostDoublesInOneStep) {
  BatchSizer sizer(BatchLimits{});
  const std::int64_t before = sizer.rows();
  sizer.committed(before, microseconds(1));
  EXPECT_EQ(sizer.rows(), 2 * before);
}

TEST(BatchSizer, AnswersABatchThatIsFarTooLongAtOnce) {
  BatchLimits limits;
  limits.target_time = milliseconds(20);
  BatchSizer sizer(limits);
  steer(sizer, 4, 30);
  sizer.committed(sizer.rows(), milliseconds(2000));
  EXPECT_LT(sizer.rows(), 100);
}

TEST(BatchSizer, StaysWithinItsLimitsWhateverIsMeasured) {
  BatchLimits limits;
  limits.min_rows = 10;
  limits.max_rows = 300;
  BatchSizer sizer(limits);
  EXPECT_EQ(sizer.rows(), 300);
  EXPECT_EQ(steer(sizer, 0.0001, 20), 300);
  EXPECT_EQ(steer(sizer, 1e9, 20), 10);
  for (int i = 0; i < 40; ++i) sizer.too_slow(sizer.rows());
  EXPECT_EQ(sizer.rows(), 10);
  sizer.committed(0, milliseconds(5));  // a remainder of unknown size teaches nothing
  EXPECT_EQ(sizer.rows(), 10);
}

TEST(BatchSizer, GoesOnSmallerAfterASlowSlice) {
  BatchSizer sizer(BatchLimits{});
  const std::int64_t before = sizer.rows();
  sizer.too_slow(before);
  EXPECT_EQ(sizer.rows(), before / 2);
  sizer.too_slow(100);  // a slice cut off by the end of a range
  EXPECT_EQ(sizer.rows(), 50);
}

TEST(BatchSizer, AShorterTargetIsObeyedAtOnceALongerOneStepByStep) {
  BatchSizer sizer(BatchLimits{});
  for (int i = 0; i < 20; ++i) sizer.committed(sizer.rows(), std::chrono::microseconds(sizer.rows() * 10));
  EXPECT_EQ(sizer.rows(), 2500);  // of the default 25 ms
  sizer.set_target(milliseconds(2));
  EXPECT_EQ(sizer.rows(), 200);
  sizer.set_target(milliseconds(25));
  EXPECT_EQ(sizer.rows(), 200);
  sizer.committed(200, milliseconds(2));
  EXPECT_EQ(sizer.rows(), 400);
}

TEST(BatchSizer, HalvesDownToOneRowInSearchOfABadOneAndComesBack) {
  BatchSizer sizer(BatchLimits{});
  const std::int64_t before = sizer.rows();
  int halvings = 0;
  for (; sizer.rows() > 1; ++halvings) {
    const std::int64_t rows = sizer.rows();
    sizer.bisect(rows);
    EXPECT_EQ(sizer.rows(), rows / 2);
  }
  EXPECT_LE(halvings, 10);
  sizer.bisect(1);
  EXPECT_EQ(sizer.rows(), 1);
  for (int i = 0; i < 12; ++i) sizer.committed(sizer.rows(), milliseconds(1));
  EXPECT_GE(sizer.rows(), before);
}

}  // namespace
}  // namespace pgfill::work
