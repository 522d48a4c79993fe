// How a range is gone through when nothing fails: which action follows which answer.
#include "unit/work/range_script.h"

#ifdef BOOST_ASIO_DETAIL_CONFIG_HPP
#error "what decides knows no Asio"
#endif
#ifdef NDEBUG
#error "assertions are on in tests"
#endif

namespace pgfill::work {
namespace {

using End = RangeOutcome::End;

class RangeMachineTest : public RangeScript {};
using RangeMachineDeathTest = RangeMachineTest;

TEST_F(RangeMachineTest, AsksBeforeEachStepAndGoesFromTheCursorToTheEnd) {
  begin(lease(250));
  permit();
  const auto walk = asked<action::Walk>();
  EXPECT_EQ(walk.from, number(0));
  EXPECT_EQ(walk.rows, 100);
  EXPECT_FALSE(walk.largest) << "the end of the range is the bound of what is left";
  walk_to(100);
  const auto first = commit(100, 200);
  EXPECT_EQ(first.slice.bound, number(100));
  EXPECT_EQ(first.way, Way::direct);
  EXPECT_EQ(first.walk, 100) << "the next bound comes with the batch";
  EXPECT_EQ(machine_->lease().cursor, number(100));
  commit(90);
  const auto last = commit(50);
  EXPECT_TRUE(last.slice.last);
  EXPECT_EQ(last.slice.bound, number(250));
  EXPECT_FALSE(last.walk);
  ASSERT_NE(event<event::RangeFinished>(), nullptr);
  EXPECT_EQ(outcome().end, End::finished);
  EXPECT_EQ(outcome().rows_changed, 240);
  EXPECT_EQ(outcome().batches, 3);
}

/// Half of 101 rows is less than half of what is remembered.
TEST_F(RangeMachineTest, LaterPassesTryNoOtherSizeOfBatches) {
  RangeFacts striped = facts();
  striped.stripes = 4;
  striped.limits.min_rows = 10;
  striped.limits.max_rows = 101;
  begin(lease(1400), striped);
  const auto batch = [&] {
    permit();
    if (is<action::AskPermit>()) permit();  // a later pass finds its first slice without a question
    auto change = asked<action::Change>();
    answer::Changed done = changed(101, change.walk ? std::stoi((*change.slice.bound)[0]) + 101 : 0);
    done.elapsed = std::chrono::milliseconds(20);
    give(std::move(done));
    return change;
  };
  find(101);
  for (int slice = 0; slice < 12; ++slice) EXPECT_FALSE(batch().slice.last);
  permit();
  auto last = asked<action::Change>();
  ASSERT_TRUE(last.walk) << "the first pass walks";
  give(changed(101));
  EXPECT_TRUE(batch().slice.last);
  for (int slice = 0; slice < 3 * 14; ++slice) EXPECT_FALSE(batch().walk) << slice;
  EXPECT_EQ(outcome().batches, 4 * 14);
}

TEST_F(RangeMachineTest, TellsOfEachBatchWithItsWorker) {
  begin(lease(250));
  find(100);
  commit(7, 200);
  ASSERT_NE(event<event::BatchCommitted>(), nullptr);
  EXPECT_EQ(event<event::BatchCommitted>()->worker, 3);
  EXPECT_EQ(event<event::BatchCommitted>()->rows_walked, 100);
  EXPECT_EQ(event<event::BatchCommitted>()->rows_changed, 7);
  EXPECT_FALSE(decision_->measured) << "only passes that follow another tell whether stripes pay";
}

TEST_F(RangeMachineTest, GivesTheRangeBackWhenItMayNotGoOn) {
  begin(lease(250));
  find(100);
  commit(100, 200);
  permit(Permit::stop);
  asked<action::Release>();
  give(answer::Released{});
  EXPECT_EQ(outcome().end, End::given_back);
  EXPECT_EQ(outcome().rows_changed, 100);
  EXPECT_EQ(event<event::RangeFinished>(), nullptr);
}

TEST_F(RangeMachineTest, ABatchThatChangedNothingIsNotTheEnd) {
  begin(lease(0));
  find(100);
  commit(0, 200);
  EXPECT_TRUE(is<action::AskPermit>());
}

TEST_F(RangeMachineTest, ARangeWithoutAnEndIsDoneWhenNoKeyIsFoundBeyondItsCursor) {
  begin(lease(0));
  permit();
  EXPECT_TRUE(asked<action::Walk>().largest);
  give(answer::Walked{std::nullopt, number(40)});
  const auto remainder = commit(40);
  EXPECT_EQ(remainder.slice.bound, number(40));
  EXPECT_FALSE(remainder.slice.last);
  EXPECT_TRUE(remainder.largest);
  permit();
  EXPECT_FALSE(asked<action::ProveEnd>().in_any_case);
  give(answer::EndSeen{number(41)});
  EXPECT_EQ(commit(1).slice.bound, number(41)) << "what came meanwhile";
  permit();
  give(answer::EndSeen{});
  EXPECT_EQ(outcome().end, End::finished);
  EXPECT_NE(event<event::RangeFinished>(), nullptr);
}

TEST_F(RangeMachineTest, WhereBatchesInsertRowsWhatIsLeftIsBegunOnlyWhenThereIsSomethingToDo) {
  RangeFacts inserting = facts();
  inserting.may_insert = true;
  begin(lease(0), inserting);
  permit();
  EXPECT_FALSE(asked<action::Walk>().largest);
  walk_to(0);
  permit();
  asked<action::ProveEnd>();
  give(answer::EndSeen{number(9)});
  EXPECT_FALSE(commit(9).largest);
  permit();
  asked<action::ProveEnd>();
}

TEST_F(RangeMachineTest, ARangeThatFeedsItselfEndsTheJob) {
  RangeFacts inserting = facts();
  inserting.may_insert = true;
  begin(lease(0), inserting);
  find(100);
  permit();
  answer::Changed done = changed(400'000, 200);
  done.inserted = 400'000;
  give(done);
  EXPECT_EQ(outcome().end, End::failed);
  EXPECT_EQ(outcome().failure, FailureClass::pause);
  EXPECT_EQ(outcome().sqlstate, "PF009");
  EXPECT_NE(outcome().message.find("have inserted 400000 into items"), std::string::npos) << outcome().message;
}

TEST_F(RangeMachineTest, InPhysicalOrderARangeThatGrowsForEverIsDoneInAnyCase) {
  RangeFacts physical = facts();
  physical.by_position = true;
  ledger::Lease grown = lease(0);
  grown.rows_walked = 300'001;
  begin(grown, physical);
  find(100);
  permit();
  EXPECT_TRUE(asked<action::ProveEnd>().in_any_case);
  give(answer::EndSeen{});
  EXPECT_EQ(outcome().end, End::finished);
}

TEST_F(RangeMachineTest, TheLimitsOfTheNewestPermitHold) {
  begin(lease(0));
  find(100);
  aim_.limits.min_rows = 5;
  aim_.limits.max_rows = 20;
  EXPECT_EQ(commit(100, 120).walk, 20);
  EXPECT_EQ(commit(20, 140).slice.bound, number(120));
}

TEST_F(RangeMachineTest, NowAndThenABatchTellsHowMuchItWritesOutOfLine) {
  RangeFacts wide = facts();
  wide.counts_toast = true;
  begin(lease(0), wide);
  find(100);
  EXPECT_TRUE(commit(100, 200).counts_toast);
  for (int batch = 2; batch <= 16; ++batch) EXPECT_FALSE(commit(100, 100 * (batch + 1)).counts_toast) << batch;
  permit();
  EXPECT_TRUE(asked<action::Change>().counts_toast);
  answer::Changed heavy = changed(100, 1800);
  heavy.toast_bytes = 100 * 1'000'000;
  give(heavy);
  permit();
  EXPECT_LE(asked<action::Change>().walk, 50) << "16 MiB at most, in steps";
}

TEST_F(RangeMachineTest, RowsInAnotherOrderAreReadAheadOfTheirBatch) {
  RangeFacts scattered = facts();
  scattered.scattered_key = "bigint";
  begin(lease(0), scattered);
  find(100);
  EXPECT_EQ(commit(100, 200).walk, 100) << "nobody knows yet how dense the keys are";
  const auto batch = commit(100, 300);
  EXPECT_FALSE(batch.walk) << "the next slice is found by reading";
  permit();
  const auto reading = asked<action::ReadRows>();
  EXPECT_EQ(reading.part.bound, *number(300));
  EXPECT_EQ(reading.part.rows, 100);
  give(answer::Found{number(299), 99, std::chrono::milliseconds(20)});
  EXPECT_EQ(commit(99).slice.bound, number(299));
  permit();
  asked<action::ReadRows>();
  give(answer::Found{});
  EXPECT_EQ(asked<action::Walk>().from, number(299)) << "no row lies where one was guessed";
}

TEST_F(RangeMachineTest, AnotherRangeMayBeginWhenOneHasEndedOrWasAbandoned) {
  begin(lease(50));
  find(0);
  commit(50);
  EXPECT_FALSE(machine_->under_way());
  again(lease(150));
  EXPECT_TRUE(machine_->under_way());
  find(100);
  permit();
  machine_->abandon();
  again(lease(150));
  permit();
  EXPECT_EQ(asked<action::Walk>().from, number(0));
}

TEST_F(RangeMachineDeathTest, AnAnswerToSomethingElseIsABug) {
  begin(lease(250));
  EXPECT_DEATH(give(answer::Walked{}), "an answer belongs to the action");
  permit();
  EXPECT_DEATH(give(answer::Permitted{}), "an answer belongs to the action");
}

TEST_F(RangeMachineDeathTest, TwoRangesAtOnceAreABug) {
  begin(lease(250));
  EXPECT_DEATH(again(lease(250)), "one range at a time");
}

TEST_F(RangeMachineDeathTest, ARangeThatStandsStillIsABug) {
  begin(lease(0));
  find(100);
  commit(100, 100);
  permit();
  EXPECT_DEATH(give(changed(100, 200)), "a range goes forward");
}

TEST_F(RangeMachineDeathTest, AnAnswerAfterTheEndIsABug) {
  begin(lease(50));
  find(0);
  commit(50);
  EXPECT_DEATH(give(answer::Released{}), "waits for no answer");
}

}  // namespace
}  // namespace pgfill::work
