// The two parts of what a batch costs.
#include "work/batch_cost.h"

#include <gtest/gtest.h>

#include <cmath>

namespace pgfill::work {
namespace {

TEST(BatchCost, TellsTheTwoPartsApartBetweenBatchesOfDifferentSizes) {
  BatchCost cost;
  for (const double rows : {1000, 500, 2000, 100}) cost.add(rows, 30'000 + 7 * rows);
  EXPECT_NEAR(cost.fixed(), 30'000, 100);
  EXPECT_NEAR(cost.per_row(), 7, 0.1);
  EXPECT_LT(cost.fixed_error(), 10'000);
  EXPECT_NEAR(cost.expected(4000), 58'000, 500);
}

TEST(BatchCost, GivesAllOfTheTimeToTheRowsWhileAllBatchesAreAlike) {
  BatchCost cost;
  EXPECT_EQ(cost.fixed(), 0);
  EXPECT_EQ(cost.per_row(), 0);
  EXPECT_TRUE(cost.differs(1));
  for (int batch = 0; batch < 10; ++batch) cost.add(1000, 50'000);
  EXPECT_EQ(cost.fixed(), 0);
  EXPECT_TRUE(std::isinf(cost.fixed_error()));
  EXPECT_NEAR(cost.per_row(), 50, 0.1);
  EXPECT_FALSE(cost.differs(1100));
  EXPECT_TRUE(cost.differs(500));
}

TEST(BatchCost, NeverTakesTimeForNegativeWhateverTheNoise) {
  BatchCost cost;
  cost.add(1000, 10'000);
  cost.add(50, 90'000);
  EXPECT_GT(cost.per_row(), 0);
  EXPECT_LE(cost.fixed(), 90'000);
  BatchCost other;
  other.add(1000, 90'000);
  other.add(950, 1'000);
  EXPECT_GE(other.fixed(), 0);
  EXPECT_GT(other.per_row(), 0);
}

TEST(BatchCost, ForgetsWhatWasLongAgo) {
  BatchCost cost;
  for (const double rows : {1000, 500, 2000, 100}) cost.add(rows, 30'000 + 7 * rows);
  for (int batch = 0; batch < 100; ++batch) cost.add(batch % 2 == 0 ? 1000 : 500, batch % 2 == 0 ? 10'000 : 5'000);
  EXPECT_NEAR(cost.fixed(), 0, 300);
  EXPECT_NEAR(cost.per_row(), 10, 0.3);
}

}  // namespace
}  // namespace pgfill::work
