// Which batch may begin, and when the next one.
#include "throttle/slots.h"

#include <gtest/gtest.h>

#include "throttle/reasons.h"

namespace pgfill::throttle {
namespace {

using namespace std::chrono_literals;

const async::TimePoint begun{};

TEST(Slots, OnlyTheLastOneSleeps) {
  Slots slots(Pace{1ms, 2, 100ms});
  EXPECT_TRUE(slots.take(0, begun));
  EXPECT_TRUE(slots.take(1, begun));
  EXPECT_FALSE(slots.take(2, begun)) << "as many as may";
  EXPECT_TRUE(slots.end(0, begun + 1ms));
  EXPECT_TRUE(slots.take(2, begun + 1ms));
  EXPECT_TRUE(slots.end(1, begun + 2ms));
  EXPECT_FALSE(slots.take(1, begun + 3ms));
  EXPECT_EQ(slots.asleep_until(begun + 3ms), begun + 102ms);
  EXPECT_TRUE(slots.take(1, begun + 102ms));
  EXPECT_EQ(slots.running(), 2);
}

TEST(Slots, NothingBeginsOnADecisionThatIsTooOld) {
  Slots slots(Pace{1ms, 2, 0ms});
  slots.set(Pace{1ms, 2, 0ms}, begun + 1s, begun);
  EXPECT_TRUE(slots.take(0, begun + 1s));
  EXPECT_FALSE(slots.take(1, begun + 1s + 1ms));
  EXPECT_TRUE(slots.set(Pace{1ms, 2, 0ms}, begun + 3s, begun + 2s)) << "those who wait are to look again";
  EXPECT_TRUE(slots.take(1, begun + 2s));
  EXPECT_FALSE(slots.set(Pace{1ms, 2, 0ms}, begun + 4s, begun + 2s));
}

TEST(Slots, WhoHasNoneEndsNothing) {
  Slots slots(Pace{1ms, 2, 0ms});
  EXPECT_FALSE(slots.end(0, begun));
}

TEST(SlotsDeathTest, TwoBatchesOfOneWorkerAreABug) {
  Slots slots(Pace{1ms, 2, 0ms});
  slots.take(0, begun);
  EXPECT_DEATH(slots.take(0, begun), "one batch at a time");
}

TEST(Reasons, AreSinceTheFirstOfThemCame) {
  Reasons reasons;
  EXPECT_TRUE(reasons.add({WaitReason::Kind::control, "paused by a person"}, begun));
  EXPECT_TRUE(reasons.add({WaitReason::Kind::signal, "300 MiB"}, begun + 1s));
  EXPECT_FALSE(reasons.add({WaitReason::Kind::signal, "310 MiB"}, begun + 2s)) << "a newer value is no change";
  EXPECT_EQ(reasons.since(), begun);
  EXPECT_TRUE(reasons.remove(WaitReason::Kind::control));
  EXPECT_FALSE(reasons.remove(WaitReason::Kind::control));
  EXPECT_EQ(reasons.first()->sentence, "310 MiB");
  EXPECT_FALSE(reasons.none());
}

}  // namespace
}  // namespace pgfill::throttle
