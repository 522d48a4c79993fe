// The verdict on stripes, from counts and times alone.
#include "work/stripe_watch.h"

#include <gtest/gtest.h>

namespace pgfill::work {
namespace {

using namespace std::chrono_literals;

constexpr async::TimePoint start{1h};

TEST(StripeWatch, PaysUntilEnoughRowsSayOtherwise) {
  StripeWatch watch;
  EXPECT_TRUE(watch.pays(start));
  EXPECT_FALSE(watch.measured(0, 9'999, start));
  EXPECT_TRUE(watch.pays(start));
  EXPECT_TRUE(watch.measured(0, 1, start));
  EXPECT_FALSE(watch.pays(start));
  EXPECT_EQ(watch.share(), 0);
}

TEST(StripeWatch, MostUpdatesOnTheirPageAreEnough) {
  StripeWatch watch;
  EXPECT_FALSE(watch.measured(8'000, 10'000, start));
  EXPECT_TRUE(watch.pays(start));
  EXPECT_DOUBLE_EQ(watch.share(), 0.8);
}

TEST(StripeWatch, TriesAgainEverMoreRarely) {
  StripeWatch watch;
  EXPECT_TRUE(watch.measured(0, 10'000, start));
  EXPECT_FALSE(watch.measured(0, 10'000, start + 1s)) << "batches that were under way";
  EXPECT_FALSE(watch.pays(start + 59s));
  EXPECT_TRUE(watch.pays(start + 60s));
  EXPECT_FALSE(watch.measured(0, 10'000, start + 61s)) << "the same verdict";
  EXPECT_FALSE(watch.pays(start + 180s));
  EXPECT_TRUE(watch.pays(start + 181s));
}

TEST(StripeWatch, ForgetsItsPatienceWhenStripesPayAgain) {
  StripeWatch watch;
  watch.measured(0, 10'000, start);
  EXPECT_TRUE(watch.measured(9'000, 10'000, start + 60s));
  EXPECT_TRUE(watch.measured(0, 10'000, start + 70s));
  EXPECT_TRUE(watch.pays(start + 130s));
}

}  // namespace
}  // namespace pgfill::work
