// The law of batch size, fed with measured times.
#include "work/batch_sizer.h"

#include <gtest/gtest.h>

#include <random>
#include <utility>

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
  EXPECT_EQ(steer(sizer, 1e9, 20), 1);  // no row may be too slow for a batch
  for (int i = 0; i < 40; ++i) sizer.too_slow(sizer.rows());
  EXPECT_EQ(sizer.rows(), 1);
  sizer.committed(0, milliseconds(5));  // a remainder of unknown size teaches nothing
  EXPECT_EQ(sizer.rows(), 1);
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

/// A table and a job, as a batch feels them; the noise of each batch is drawn.
struct Modelled {
  double fixed_us = 0;
  double row_us = 10;
  double noise = 0;  ///< share of the time, either way

  microseconds cost(std::int64_t rows) {
    const double share = 1 + noise * (2 * std::uniform_real_distribution<double>()(random) - 1);
    return microseconds(static_cast<std::int64_t>((fixed_us + row_us * static_cast<double>(rows)) * share));
  }
  std::minstd_rand random{7};
};

/// Batches by the law until so many rows are done, with the slice after the next one walked ahead as a worker does.
/// Answers how many batches it took.
int batches_for(BatchSizer& sizer, Modelled& modelled, std::int64_t rows) {
  std::int64_t next = sizer.rows();
  int batches = 0;
  for (; rows > 0; ++batches) {
    const std::int64_t present = std::exchange(next, sizer.rows());
    sizer.committed(present, modelled.cost(present));
    rows -= present;
  }
  return batches;
}

BatchSizer beside_others(milliseconds target = milliseconds(25)) {
  BatchSizer sizer((BatchLimits()));
  sizer.aim(BatchLimits(), target, milliseconds(50));
  return sizer;
}

TEST(BatchSizer, GrowsUntilAFixedPartIsSmallBesideTheRowsAsFarAsTheyMayBeHeld) {
  for (const double noise : {0.0, 0.1, 0.3}) {
    Modelled sub_select{100'000, 6, noise};
    BatchSizer sizer = beside_others();
    // 8,300 rows take the 50 ms that rows may be held for; with 50 rows a batch there would be 6,000.
    EXPECT_LT(batches_for(sizer, sub_select, 300'000), 120) << noise;
    EXPECT_GT(sizer.rows(), 2'000) << noise;
    EXPECT_LT(sizer.rows(), 40'000) << noise;
    EXPECT_FALSE(sizer.smaller_is_faster(1'000)) << noise;
    EXPECT_TRUE(sizer.smaller_is_faster(100'000)) << noise;
  }
}

TEST(BatchSizer, FindsAFixedPartThatComesLaterAmongBatchesOfOneSize) {
  BatchSizer sizer = beside_others();
  Modelled modelled{500, 10, 0.1};
  batches_for(sizer, modelled, 500'000);
  EXPECT_NEAR(static_cast<double>(sizer.rows()), 2450, 500);
  modelled.fixed_us = 20'000;
  EXPECT_LT(batches_for(sizer, modelled, 1'000'000), 400) << "by the target alone there would be 2,000";
}

TEST(BatchSizer, TakesAFixedPartThatDriftsForNoCostOfItsRows) {
  for (unsigned seed = 1; seed <= 20; ++seed) {
    // A busy server gets its work done: batches shrink from the first on, and take less time all the while.
    Modelled modelled{900'000, 10, 0.15};
    modelled.random.seed(seed);
    BatchSizer sizer = beside_others();
    int batches = 0;
    for (std::int64_t rows = 0; rows < 100'000; ++batches) {
      const std::int64_t present = sizer.rows();
      modelled.fixed_us = std::max(220'000.0, modelled.fixed_us - 10'000);
      sizer.committed(present, modelled.cost(present));
      rows += present;
    }
    EXPECT_LT(batches, 60) << seed;
  }
}

TEST(BatchSizer, KeepsToTheTargetWhereTheFixedPartIsThatOfEveryTransaction) {
  for (const double noise : {0.0, 0.2, 0.5}) {
    for (const milliseconds target : {milliseconds(25), milliseconds(2)}) {
      Modelled plain{700, 10, noise};
      BatchSizer sizer = beside_others(target);
      const double rows = (static_cast<double>(microseconds(target).count()) - 700) / 10;
      batches_for(sizer, plain, 100'000);
      double sum = 0;
      constexpr int looks = 400;
      for (int look = 0; look < looks; ++look) {
        batches_for(sizer, plain, 1);
        sum += static_cast<double>(sizer.rows());
      }
      EXPECT_NEAR(sum / looks, rows, rows * (0.05 + noise / 2)) << target.count() << " ms, noise " << noise;
    }
  }
}

TEST(BatchSizer, GoesBelowTheFewestRowsWhereRowsAreWideAndComesBack) {
  BatchSizer sizer = beside_others();
  Modelled wide{1'000, 40'000, 0.1};
  batches_for(sizer, wide, 60);
  EXPECT_LE(sizer.rows(), 2);
  Modelled narrow{1'000, 20, 0.1};
  batches_for(sizer, narrow, 4'000);
  EXPECT_GE(sizer.rows(), 50);
}

TEST(BatchSizer, ACourteousBatchOfWideRowsIsOneRow) {
  BatchSizer sizer = beside_others(milliseconds(2));
  Modelled wide{1'000, 1'500, 0.1};
  batches_for(sizer, wide, 400);
  double longest = 0;
  for (int batch = 0; batch < 100; ++batch) {
    batches_for(sizer, wide, 1);
    longest = std::max(longest, static_cast<double>(sizer.rows()));
  }
  EXPECT_LE(longest, 2);
}

TEST(BatchSizer, TheFirstBatchOfAWideTableIsSmallBeforeAnythingIsMeasured) {
  BatchSizer wide(BatchLimits(), 600'000);
  wide.aim(BatchLimits(), milliseconds(25), milliseconds(50));
  EXPECT_EQ(wide.rows(), 1);
  BatchSizer narrow(BatchLimits(), 150);
  EXPECT_EQ(narrow.rows(), 1000);
  // The width was that of values that the job does not write.
  wide.committed(1, microseconds(800));
  EXPECT_GE(wide.rows(), 50);
}

TEST(BatchSizer, WritesNoMoreThanItsBudgetOfBytesHoweverFast) {
  BatchSizer sizer = beside_others(milliseconds(500));
  for (int batch = 0; batch < 30; ++batch) {
    sizer.committed(sizer.rows(), microseconds(sizer.rows() * 10));
    sizer.wrote(sizer.rows(), sizer.rows() * 100'000);
  }
  EXPECT_LE(sizer.rows(), (16 << 20) / 100'000);
  EXPECT_GT(sizer.rows(), 100);
}

TEST(BatchSizer, IsDownToOneRowAfterAFewFailuresAndComesBackByQuarters) {
  BatchSizer sizer = beside_others();
  int failures = 0;
  for (; sizer.rows() > 1; ++failures) sizer.too_slow(sizer.rows());
  EXPECT_LE(failures, 6);
  Modelled cheap;
  batches_for(sizer, cheap, 400);
  const std::int64_t before = sizer.rows();
  sizer.committed(before, cheap.cost(before));
  EXPECT_LE(sizer.rows(), before * 5 / 4 + 1);
  batches_for(sizer, cheap, 20'000);
  EXPECT_GT(sizer.rows(), 1'000);
}

TEST(BatchSizer, RowsMayTakeHalfOfWhatOthersMayWaitAndNoMoreThanTheBatchHasTimeFor) {
  EXPECT_EQ(row_time_of(milliseconds(100), milliseconds(600)), milliseconds(50));
  EXPECT_EQ(row_time_of(milliseconds(5'000), milliseconds(600)), milliseconds(150));
  EXPECT_EQ(row_time_of(std::nullopt, milliseconds(600)), milliseconds(150));
}

}  // namespace
}  // namespace pgfill::work
