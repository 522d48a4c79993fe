// When slices are read ahead of their batches, by what that costs.
#include <gtest/gtest.h>

#include "work/read_ahead.h"

namespace pgfill::work {
namespace {

using namespace std::chrono_literals;

TEST(ReadingPays, WhileItTakesAGoodPartOfTheTime) {
  ReadingPays pays;
  for (int slice = 0; slice < 10; ++slice) {
    EXPECT_TRUE(pays.due());
    pays.measured(10ms, 30ms);
  }
}

/// From a cache.
TEST(ReadingPays, IsTriedEverMoreRarelyWhereItTakesNone) {
  ReadingPays pays;
  int tried = 0;
  for (int slice = 0; slice < 10'000; ++slice) {
    if (!pays.due()) {
      pays.passed();
      continue;
    }
    pays.measured(1ms, 30ms);
    ++tried;
  }
  EXPECT_GT(tried, 10'000 / 70);
  EXPECT_LT(tried, 10'000 / 60);
}

TEST(ReadingPays, IsGoneOnWithAsSoonAsOneTrialPays) {
  ReadingPays pays;
  for (int slice = 0; slice < 200; ++slice) {
    if (pays.due()) {
      pays.measured(1ms, 30ms);
    } else {
      pays.passed();
    }
  }
  while (!pays.due()) pays.passed();
  pays.measured(30ms, 1ms);
  EXPECT_TRUE(pays.due());
  pays.measured(1ms, 30ms);  // one slice that lay in the cache
  EXPECT_FALSE(pays.due());
  pays.passed();
  EXPECT_TRUE(pays.due());
}

}  // namespace
}  // namespace pgfill::work
