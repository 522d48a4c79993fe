// What a worker does about a failed batch.
#include "work/remedy.h"

#include <gtest/gtest.h>

namespace pgfill::work {
namespace {

constexpr auto stop = BadRows::Action::stop;
constexpr auto quarantine = BadRows::Action::quarantine;

TEST(Remedy, GoesAroundHeldRowsOnce) {
  EXPECT_EQ(remedy_for(FailureClass::locked, Way::direct, 500, true, stop), Remedy::around_held);
  EXPECT_EQ(remedy_for(FailureClass::locked, Way::around_held, 500, true, stop), Remedy::none);
}

TEST(Remedy, CutsASlowSliceDownToOneRowThenGivesItMoreTimeAndWaitsForNoLocks) {
  EXPECT_EQ(remedy_for(FailureClass::slow, Way::direct, 2, true, stop), Remedy::smaller);
  EXPECT_EQ(remedy_for(FailureClass::slow, Way::direct, 1, true, stop), Remedy::around_held);
  EXPECT_EQ(remedy_for(FailureClass::slow, Way::around_held, 1, true, stop), Remedy::none);
}

TEST(Remedy, GivesASliceMoreTimeAtOnceWhereFewerRowsAreNoFaster) {
  EXPECT_EQ(remedy_for(FailureClass::slow, Way::direct, 500, false, stop), Remedy::around_held);
  EXPECT_EQ(remedy_for(FailureClass::slow, Way::around_held, 500, false, stop), Remedy::smaller);
}

TEST(Remedy, WaitsForNoLocksInABatchThatIsKnownToTakeLong) {
  using std::chrono::milliseconds;
  EXPECT_EQ(first_way(milliseconds(300), milliseconds(600)), Way::direct);
  EXPECT_EQ(first_way(milliseconds(590), milliseconds(600)), Way::around_held);
}

TEST(Remedy, HalvesABadSliceDownToTheRowWhicheverWayItWent) {
  for (const Way way : {Way::direct, Way::around_held}) {
    EXPECT_EQ(remedy_for(FailureClass::shrink, way, 2, true, stop), Remedy::smaller);
    EXPECT_EQ(remedy_for(FailureClass::shrink, way, 1, true, stop), Remedy::none);
    EXPECT_EQ(remedy_for(FailureClass::shrink, way, 1, true, quarantine), Remedy::set_aside);
  }
}

TEST(Remedy, LeavesEverythingElseToTheScheduler) {
  for (const FailureClass failure : {FailureClass::retry, FailureClass::reconnect, FailureClass::pause,
                                     FailureClass::stop, FailureClass::alarm, FailureClass::fenced}) {
    EXPECT_EQ(remedy_for(failure, Way::direct, 500, true, quarantine), Remedy::none);
  }
}

}  // namespace
}  // namespace pgfill::work
