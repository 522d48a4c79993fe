// What each worker does next, without any that works.
#include "schedule/work_plan.h"

#include <gtest/gtest.h>

namespace pgfill::schedule {
namespace {

using namespace std::chrono_literals;
using Then = WorkPlan::Then;

const async::TimePoint begun{};

RangeOutcome failed(FailureClass failure, std::int64_t batches = 0) {
  RangeOutcome outcome;
  outcome.end = RangeOutcome::End::failed;
  outcome.failure = failure;
  outcome.batches = batches;
  return outcome;
}

NextRange range(std::int64_t number, bool got_on = false) {
  NextRange next;
  next.range = number;
  next.got_on = got_on;
  return next;
}

class WorkPlanTest : public ::testing::Test {
 protected:
  void SetUp() override { plan_.begin_run(); }

  /// Worker 0 leases this range and ends it so.
  std::optional<event::BatchFailed> visit(std::int64_t number, const RangeOutcome& outcome, async::TimePoint now) {
    const WorkPlan::Request request = plan_.ask(now);
    EXPECT_EQ(plan_.leased(0, request, range(number)).then, Then::run);
    plan_.ran();
    return plan_.settle(number, 0, outcome, now);
  }

  WorkPlan plan_{2, 1};
};
using WorkPlanDeathTest = WorkPlanTest;

TEST_F(WorkPlanTest, IsDoneWhenNothingIsFreeAndNobodyIsBusy) {
  const WorkPlan::Request first = plan_.ask(begun);
  EXPECT_EQ(plan_.leased(0, first, range(1)).then, Then::run);
  const WorkPlan::Request second = plan_.ask(begun);
  EXPECT_EQ(plan_.leased(1, second, {}).then, Then::wait);
  EXPECT_TRUE(plan_.begin_wait());
  EXPECT_TRUE(plan_.wants_split()) << "one is idle, one has work";
  plan_.end_wait();
  plan_.ran();
  plan_.settle(1, 0, RangeOutcome(), begun);
  const WorkPlan::Request third = plan_.ask(begun);
  EXPECT_EQ(plan_.leased(0, third, {}).then, Then::wait);
  EXPECT_FALSE(plan_.begin_wait());
  EXPECT_TRUE(plan_.over());
  EXPECT_EQ(plan_.end_run().how, Ending::How::all_done);
}

TEST_F(WorkPlanTest, LooksAgainWhenARangeWasGivenBackWhileTheAnswerWasUnderWay) {
  const WorkPlan::Request request = plan_.ask(begun);
  RangeOutcome given_back;
  given_back.end = RangeOutcome::End::given_back;
  plan_.settle(1, 1, given_back, begun);
  const WorkPlan::Next next = plan_.leased(0, request, {});
  EXPECT_EQ(next.then, Then::look_again);
  EXPECT_TRUE(next.wakes_others);
}

TEST_F(WorkPlanTest, AFailedRangeIsDueAfterItsPauseAndNotBefore) {
  const auto told = visit(7, failed(FailureClass::locked), begun);
  ASSERT_TRUE(told);
  EXPECT_GE(told->delay, 25ms);
  EXPECT_LE(told->delay, 50ms);
  const WorkPlan::Request early = plan_.ask(begun + told->delay - 1ms);
  EXPECT_FALSE(early.again);
  EXPECT_EQ(plan_.leased(0, early, {}).then, Then::wait);
  EXPECT_EQ(plan_.begin_wait(), begun + told->delay);
  plan_.end_wait();
  const WorkPlan::Request due = plan_.ask(begun + told->delay);
  EXPECT_EQ(due.again, 7);
}

TEST_F(WorkPlanTest, PausesGrowUntilTheLedgerSaysThatTheRangeGotOn) {
  for (int tries = 0; tries < 6; ++tries) visit(7, failed(FailureClass::retry), begun);
  EXPECT_GE(visit(7, failed(FailureClass::retry), begun)->delay, 1600ms);
  const WorkPlan::Request request = plan_.ask(begun);
  plan_.leased(0, request, range(7, true));
  plan_.ran();
  EXPECT_LE(plan_.settle(7, 0, failed(FailureClass::retry), begun)->delay, 50ms);
}

TEST_F(WorkPlanTest, AnOutageEndsTheJobWhenItLastsLongerThanItMay) {
  EXPECT_TRUE(visit(7, failed(FailureClass::reconnect), begun));
  EXPECT_TRUE(visit(7, failed(FailureClass::reconnect), begun + outage_budget));
  plan_.batch_committed();
  EXPECT_TRUE(visit(7, failed(FailureClass::reconnect), begun + outage_budget + 1s)) << "others get on";
  EXPECT_FALSE(visit(7, failed(FailureClass::reconnect), begun + 2 * outage_budget + 2s));
  EXPECT_EQ(plan_.ending().how, Ending::How::failed);
  EXPECT_EQ(plan_.ending().range, 7);
}

TEST_F(WorkPlanTest, AWorkerThatCannotLeaseIsPausedByItself) {
  const auto pause = plan_.refuse(1, failed(FailureClass::reconnect), true, begun);
  ASSERT_TRUE(pause);
  EXPECT_EQ(pause->until, begun + pause->failed.delay);
  EXPECT_EQ(pause->failed.range, 0);
  EXPECT_FALSE(plan_.refuse(1, failed(FailureClass::stop), true, begun)) << "nobody else has a session";
  EXPECT_TRUE(plan_.stopping());
}

TEST_F(WorkPlanDeathTest, MoreRangesEndedThanBegunAreABug) {
  EXPECT_DEATH(plan_.ran(), "a range ends that was begun");
}

TEST_F(WorkPlanDeathTest, WorkAfterTheEndIsABug) {
  plan_.stop();
  EXPECT_DEATH(plan_.ask(begun), "nothing is begun");
}

}  // namespace
}  // namespace pgfill::schedule
