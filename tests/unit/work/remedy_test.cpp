// What a worker does about a failed batch.
#include "work/remedy.h"

#include <gtest/gtest.h>

namespace pgfill::work {
namespace {

constexpr auto stop = BadRows::Action::stop;
constexpr auto quarantine = BadRows::Action::quarantine;

TEST(Remedy, GoesAroundHeldRowsOnce) {
  EXPECT_EQ(remedy_for(FailureClass::locked, Way::direct, 500, 50, stop), Remedy::around_held);
  EXPECT_EQ(remedy_for(FailureClass::locked, Way::around_held, 500, 50, stop), Remedy::none);
}

TEST(Remedy, CutsASlowSliceDownToTheLeastThenStopsWaitingForLocks) {
  EXPECT_EQ(remedy_for(FailureClass::slow, Way::direct, 51, 50, stop), Remedy::smaller);
  EXPECT_EQ(remedy_for(FailureClass::slow, Way::direct, 50, 50, stop), Remedy::around_held);
  EXPECT_EQ(remedy_for(FailureClass::slow, Way::around_held, 50, 50, stop), Remedy::none);
}

TEST(Remedy, HalvesABadSliceDownToTheRowWhicheverWayItWent) {
  for (const Way way : {Way::direct, Way::around_held}) {
    EXPECT_EQ(remedy_for(FailureClass::shrink, way, 2, 50, stop), Remedy::smaller);
    EXPECT_EQ(remedy_for(FailureClass::shrink, way, 1, 50, stop), Remedy::none);
    EXPECT_EQ(remedy_for(FailureClass::shrink, way, 1, 50, quarantine), Remedy::set_aside);
  }
}

TEST(Remedy, LeavesEverythingElseToTheScheduler) {
  for (const FailureClass failure : {FailureClass::retry, FailureClass::reconnect, FailureClass::pause,
                                     FailureClass::stop, FailureClass::alarm, FailureClass::fenced}) {
    EXPECT_EQ(remedy_for(failure, Way::direct, 500, 50, quarantine), Remedy::none);
  }
}

}  // namespace
}  // namespace pgfill::work
