// What is done about batches that fail: mended where the worker can, else the end of the visit.
#include "unit/work/range_script.h"

namespace pgfill::work {
namespace {

using namespace std::chrono_literals;
using End = RangeOutcome::End;

class RangeMending : public RangeScript {
 protected:
  /// Batches may have any size.
  static RangeFacts flexible() {
    RangeFacts about = facts();
    about.limits.min_rows = 1;
    return about;
  }
  static RangeFacts quarantining() {
    RangeFacts about = flexible();
    about.bad_rows.action = BadRows::Action::quarantine;
    return about;
  }
  /// Batches fail until one is a single row, which ends at `key`.
  void halve_down_to(int key, const postgres::Failure& why, async::TimePoint at = {}) {
    for (;;) {
      if (!is<action::AskPermit>()) return;
      permit();
      if (const auto* walk = std::get_if<action::Walk>(&decision_->action)) {
        walk_to(walk->rows == 1 ? key : key + 1);
        continue;
      }
      const bool one = asked<action::Change>().slice.at_most == 1;
      give(answer::Failed{why, at});
      if (one) return;
    }
  }
};

TEST_F(RangeMending, RowsThatOthersHoldAreGoneAroundAndTheNextBatchIsDirectAgain) {
  begin(lease(0));
  find(100);
  const auto direct = refuse(failure("55P03"));
  permit();
  const auto around = asked<action::Change>();
  EXPECT_EQ(around.way, Way::around_held);
  EXPECT_EQ(around.slice.bound, direct.slice.bound);
  answer::Changed done = changed(97, 200);
  done.deferred = 3;
  give(done);
  ASSERT_NE(event<event::RowsDeferred>(), nullptr);
  EXPECT_EQ(event<event::RowsDeferred>()->rows, 3);
  EXPECT_EQ(commit(100).way, Way::direct);
}

TEST_F(RangeMending, WhatIsLockedAroundHeldRowsTooIsTriedAgainByTheScheduler) {
  begin(lease(0));
  find(100);
  refuse(failure("55P03"));
  refuse(failure("40P01"));
  EXPECT_EQ(outcome().end, End::failed);
  EXPECT_EQ(outcome().failure, FailureClass::locked);
}

TEST_F(RangeMending, ASlowBatchIsTriedSmallerFromTheCursorAndSaysSo) {
  begin(lease(0), flexible());
  find(100);
  refuse(failure("57014"));
  ASSERT_NE(event<event::BatchFailed>(), nullptr);
  EXPECT_NE(event<event::BatchFailed>()->message.find("a batch of up to 100 rows"), std::string::npos);
  permit();
  const auto walk = asked<action::Walk>();
  EXPECT_EQ(walk.from, number(0));
  EXPECT_LE(walk.rows, 50);
}

TEST_F(RangeMending, ARowThatIsTooSlowAloneIsNamed) {
  begin(lease(0), flexible());
  halve_down_to(42, failure("57014"));
  refuse(failure("57014"));  // around held rows, with more time
  EXPECT_EQ(outcome().failure, FailureClass::slow);
  EXPECT_NE(outcome().message.find("(id) = (42)"), std::string::npos) << outcome().message;
}

TEST_F(RangeMending, ABadRowIsHalvedDownToAndNamed) {
  begin(lease(0), flexible());
  halve_down_to(42, failure("23514"));
  EXPECT_EQ(outcome().failure, FailureClass::shrink);
  EXPECT_EQ(outcome().sqlstate, "23514");
  EXPECT_NE(outcome().message.find("(id) = (42)"), std::string::npos) << outcome().message;
}

TEST_F(RangeMending, ABadRowIsSetAsideWhereTheSpecSaysSoAndTheRangeGoesOnBehindIt) {
  begin(lease(0), quarantining());
  halve_down_to(42, failure("23514"));
  const auto aside = asked<action::SetAside>();
  EXPECT_EQ(aside.row, *number(42));
  EXPECT_EQ(aside.sqlstate, "23514");
  EXPECT_EQ(aside.after.cursor, number(42));
  EXPECT_FALSE(aside.after.done);
  give(answer::RowSetAside{1});
  ASSERT_NE(event<event::RowQuarantined>(), nullptr);
  permit();
  EXPECT_EQ(asked<action::Walk>().from, number(42));
}

TEST_F(RangeMending, ABadRowAtTheEndOfTheRangeEndsIt) {
  begin(lease(1), quarantining());
  halve_down_to(0, failure("23514"));
  // The last row is a remainder: nothing is found by walking.
  while (!is<action::SetAside>()) {
    permit();
    if (is<action::Walk>()) {
      walk_to(0);
    } else {
      give(answer::Failed{failure("23514"), {}});
    }
  }
  EXPECT_TRUE(asked<action::SetAside>().after.done);
  EXPECT_TRUE(asked<action::SetAside>().durable);
  give(answer::RowSetAside{1});
  EXPECT_EQ(outcome().end, End::finished);
}

TEST_F(RangeMending, TooManyBadRowsEndTheJob) {
  RangeFacts few = quarantining();
  few.bad_rows.at_most = 4;
  begin(lease(0), few);
  halve_down_to(42, failure("23514"));
  give(answer::RowSetAside{5});
  EXPECT_EQ(outcome().sqlstate, "23514");
  EXPECT_NE(outcome().message.find("more than bad_rows.at_most (4)"), std::string::npos) << outcome().message;
}

TEST_F(RangeMending, InPhysicalOrderTheKeyOfABadRowIsLookedUp) {
  RangeFacts physical = quarantining();
  physical.by_position = true;
  begin(lease(0), physical);
  halve_down_to(42, failure("23514"));
  EXPECT_EQ(asked<action::LookAtRow>().position, *number(42));
  give(answer::RowSeen{Key{"row 9"}});
  EXPECT_EQ(asked<action::SetAside>().row, Key{"row 9"});
}

TEST_F(RangeMending, ABadRowThatHasMovedIsLookedForOnceMore) {
  RangeFacts physical = quarantining();
  physical.by_position = true;
  begin(lease(0), physical);
  halve_down_to(42, failure("23514"));
  give(answer::RowSeen{});
  permit();
  EXPECT_EQ(asked<action::Walk>().from, number(0));
  walk_to(42);
  halve_down_to(42, failure("23514"));
  asked<action::LookAtRow>();
  give(answer::RowSeen{});
  EXPECT_EQ(outcome().sqlstate, "23514") << "nothing lies there, and still it fails";
}

TEST_F(RangeMending, AStatementOfTheEnginesOwnThatFailsBlamesNoRow) {
  postgres::Failure own = failure("22P02");
  own.of_job = false;
  begin(lease(0), flexible());
  find(100);
  refuse(own);
  EXPECT_EQ(outcome().failure, FailureClass::stop);
  EXPECT_EQ(outcome().sqlstate, "PF008");
}

TEST_F(RangeMending, WhatIsNotTheWorkersToMendEndsTheVisitWithItsClass) {
  const std::pair<const char*, FailureClass> failures[] = {{"40001", FailureClass::retry},
                                                           {"", FailureClass::reconnect},
                                                           {"53100", FailureClass::pause},
                                                           {"42703", FailureClass::stop}};
  for (const auto& [state, what] : failures) {
    begin(lease(0), flexible());
    find(100);
    commit(100, 200);
    refuse(failure(state));
    EXPECT_EQ(outcome().end, End::failed) << state;
    EXPECT_EQ(outcome().failure, what) << state;
    EXPECT_EQ(outcome().batches, 1) << state;
    EXPECT_EQ(machine_->lease().cursor, number(100)) << state;
  }
}

TEST_F(RangeMending, AnotherHolderOfTheRangeEndsTheVisitForGood) {
  begin(lease(0));
  find(100);
  refuse(failure("PF001"));
  EXPECT_EQ(outcome().end, End::fenced);
}

TEST_F(RangeMending, AnyActionMayFail) {
  begin(lease(0));
  permit();
  give(answer::Failed{failure("08006"), {}});
  EXPECT_EQ(outcome().failure, FailureClass::reconnect);
  again(lease(0));
  permit(Permit::stop);
  give(answer::Failed{failure("08006"), {}});
  EXPECT_EQ(outcome().end, End::failed) << "nobody knows whether it was given back";
}

TEST_F(RangeMending, AWalkThatTookTooLongIsShorterTheNextTime) {
  begin(lease(0), flexible());
  permit();
  give(answer::Failed{failure("57014"), {}});
  EXPECT_EQ(outcome().failure, FailureClass::slow);
  again(lease(0));
  permit();
  EXPECT_LE(asked<action::Walk>().rows, 50);
}

TEST_F(RangeMending, ReadingThatTookTooLongIsAWalk) {
  RangeFacts scattered = facts();
  scattered.scattered_key = "bigint";
  begin(lease(0), scattered);
  find(100);
  commit(100, 200);
  commit(100);
  permit();
  asked<action::ReadRows>();
  give(answer::Failed{failure("57014"), {}});
  EXPECT_EQ(asked<action::Walk>().from, number(200));
  EXPECT_TRUE(machine_->under_way());
}

TEST_F(RangeMending, ABatchInOneSnapshotThatMetAChangeIsHalvedAndThenItsRowsAreLockedFirst) {
  RangeFacts reading = flexible();
  reading.reads_other_rows = true;
  begin(lease(0), reading);
  find(100);
  refuse(failure("40001"));
  permit();
  EXPECT_EQ(asked<action::Walk>().rows, 50);
  walk_to(50);
  refuse(failure("40001"));
  permit();
  EXPECT_EQ(asked<action::Change>().way, Way::around_held);
  give(answer::Failed{failure("40001"), {}});
  EXPECT_EQ(outcome().failure, FailureClass::retry);
}

TEST_F(RangeMending, ARowThatAFunctionRefusesIsTriedAgainUntilItCountsAsBad) {
  postgres::Failure raised = failure("40001");
  raised.by_function = true;
  begin(lease(0), flexible());
  for (int tries = 1; tries < Refusals::most_tries; ++tries) {
    halve_down_to(42, raised, async::TimePoint{} + tries * 2s);
    ASSERT_EQ(outcome().failure, FailureClass::retry) << tries;
    again(lease(0));
  }
  halve_down_to(42, raised, async::TimePoint{} + 60s);
  EXPECT_EQ(outcome().sqlstate, "PF010");
}

}  // namespace
}  // namespace pgfill::work
