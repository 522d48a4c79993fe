// How a range gives its far part away, and how it is gone over in stripes.
#include "unit/work/range_script.h"

namespace pgfill::work {
namespace {

class RangeSplit : public RangeScript {
 protected:
  /// Up to the split itself; the far part begins at `at`.
  void ask_to_split(int at) {
    permit(Permit::split);
    asked<action::FindSplit>();
    walk_to(at);
  }
};

TEST_F(RangeSplit, TheFarPartIsGivenAwayBeforeTheNextBatch) {
  begin(lease(100'000));
  find(100);
  permit(Permit::split);
  const auto far = asked<action::FindSplit>();
  EXPECT_EQ(far.from, *number(100)) << "above the batch that is about to run";
  EXPECT_GT(far.keep.rows, 0);
  walk_to(50'000);
  const auto split = asked<action::Split>();
  EXPECT_EQ(split.at, *number(50'000));
  EXPECT_LT(split.keep.share, 1);
  give(answer::GivenAway{8});
  ASSERT_NE(event<event::RangeSplit>(), nullptr);
  EXPECT_EQ(event<event::RangeSplit>()->new_range, 8);
  EXPECT_EQ(machine_->lease().keys.upper, number(50'000));
  EXPECT_DOUBLE_EQ(machine_->lease().share, split.keep.share);
  EXPECT_EQ(commit(100).slice.bound, number(100));
  const auto last = commit(49'900);
  EXPECT_EQ(last.slice.bound, number(50'000)) << "the end is the new one";
  EXPECT_TRUE(is<action::Finished>());
}

TEST_F(RangeSplit, ARangeIsSplitOnceBetweenTwoBatches) {
  begin(lease(100'000));
  find(100);
  ask_to_split(50'000);
  give(answer::GivenAway{8});
  permit(Permit::split);
  asked<action::Change>();
  give(changed(100, 200));
  permit(Permit::split);
  asked<action::FindSplit>();
}

TEST_F(RangeSplit, TooLittleIsNotGivenAway) {
  ledger::Lease small = lease(300);
  small.share = 0.003;
  begin(small);
  find(100);
  permit(Permit::split);
  permit(Permit::split);
  asked<action::Change>();
}

TEST_F(RangeSplit, NothingIsGivenAwayWhereNoRowIsFoundOrOnlyTheLast) {
  for (const int found : {0, 100'000}) {
    begin(lease(100'000));
    find(100);
    ask_to_split(found);
    permit(Permit::split);
    asked<action::Change>();
    EXPECT_EQ(machine_->lease().keys.upper, number(100'000));
  }
}

TEST_F(RangeSplit, WhereKeysAreNumbersTheSplitIsGuessed) {
  RangeFacts scattered = facts();
  scattered.scattered_key = "bigint";
  begin(lease(100'000), scattered);
  find(100);
  commit(100, 200);
  permit(Permit::split);
  EXPECT_NE(asked<action::Split>().at, *number(200));
}

class Striped : public RangeScript {
 protected:
  static RangeFacts striped() {
    RangeFacts about = facts();
    about.stripes = 4;
    about.estimated_rows = 200;
    return about;
  }
  /// 200 rows in four stripes: 50 a pass.
  static ledger::Lease range() {
    ledger::Lease leased = lease(200);
    leased.share = 1;
    return leased;
  }
  void pass_by_walking() {
    find(100);
    commit(25);
    commit(25);
  }
};

TEST_F(Striped, EachPassBeginsAtTheLowerEndAndTheLastOneEndsTheRange) {
  begin(range(), striped());
  pass_by_walking();
  for (int pass = 1; pass < 4; ++pass) {
    EXPECT_EQ(machine_->lease().stripe, pass);
    EXPECT_EQ(machine_->lease().cursor, number(0));
    EXPECT_TRUE(is<action::AskPermit>());
    permit();
    EXPECT_EQ(commit(25).slice.bound, number(100)) << "along the bounds of the first pass";
    ASSERT_TRUE(decision_->measured);
    EXPECT_EQ(decision_->measured->changed, 25);
    EXPECT_FALSE(commit(25).walk);
  }
  EXPECT_EQ(outcome().end, RangeOutcome::End::finished);
}

TEST_F(Striped, WhereStripesDoNotPayTheRestIsOnePass) {
  begin(range(), striped());
  pass_by_walking();
  aim_.stripes_pay = false;
  find(100);
  EXPECT_EQ(machine_->lease().stripe, 1);
  EXPECT_EQ(machine_->lease().stripes, 3);
  commit(75);
  EXPECT_FALSE(decision_->measured);
  commit(75);
  EXPECT_EQ(outcome().end, RangeOutcome::End::finished);
}

TEST_F(Striped, AFailureLeavesTheBoundsOfFormerPasses) {
  begin(range(), striped());
  pass_by_walking();
  permit();
  EXPECT_FALSE(is<action::Walk>());
  refuse(failure("55P03"));
  EXPECT_TRUE(commit(25, 130).walk) << "the range may have been cut elsewhere";
}

TEST_F(Striped, AfterASplitTheBoundsOfFormerPassesAreForgotten) {
  RangeFacts large = striped();
  large.estimated_rows = 100'000;
  ledger::Lease leased = lease(100'000);
  begin(leased, large);
  find(60'000);
  commit(100);
  commit(100);
  permit();
  permit(Permit::split);
  asked<action::FindSplit>();
  walk_to(80'000);
  give(answer::GivenAway{8});
  EXPECT_TRUE(commit(100).walk) << "the remembered bounds end beyond the range";
}

}  // namespace
}  // namespace pgfill::work
