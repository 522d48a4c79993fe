// Which lease a worker may ask for, and when a lease counts as lost.
#include "work/lease_book.h"

#include <gtest/gtest.h>

namespace pgfill::work {
namespace {

using Step = LeaseSearch::Step;

ledger::Lease lease(std::int64_t range, const char* cursor = "0") {
  ledger::Lease lease;
  lease.range_id = range;
  lease.keys.lower = Key{"0"};
  lease.cursor = Key{cursor};
  return lease;
}

class LeaseBooks : public ::testing::Test {
 protected:
  /// A worker leases this range.
  void take(std::int64_t range) {
    LeaseSearch search(book_, std::nullopt);
    ASSERT_EQ(search.begin(), Step::ask_next);
    ASSERT_EQ(search.answered(lease(range)), Step::end);
  }
  LeaseBook book_;
};

TEST_F(LeaseBooks, BeforeNothingIsLeftAWorkerLooksForLostLeases) {
  LeaseSearch search(book_, std::nullopt);
  EXPECT_EQ(search.begin(), Step::ask_next);
  EXPECT_EQ(search.answered(std::nullopt), Step::ask_lost);
  EXPECT_EQ(search.answered(std::nullopt), Step::end);
}

TEST_F(LeaseBooks, NobodyLooksForLostLeasesWhileAnotherAnswerIsOnItsWay) {
  LeaseSearch first(book_, std::nullopt);
  LeaseSearch second(book_, std::nullopt);
  EXPECT_EQ(first.begin(), Step::ask_next);
  EXPECT_EQ(second.begin(), Step::ask_next);
  EXPECT_EQ(first.answered(std::nullopt), Step::end) << "what the second one leases would look lost";
  EXPECT_EQ(second.answered(std::nullopt), Step::ask_lost) << "it is the last";
}

TEST_F(LeaseBooks, NobodyLeasesWhileAnotherLooksForLostLeases) {
  LeaseSearch first(book_, std::nullopt);
  first.begin();
  EXPECT_EQ(first.answered(std::nullopt), Step::ask_lost);
  LeaseSearch second(book_, std::nullopt);
  EXPECT_EQ(second.begin(), Step::look_again);
  EXPECT_EQ(first.answered(lease(4)), Step::end);
  EXPECT_EQ(second.begin(), Step::ask_next);
}

TEST_F(LeaseBooks, ASearchThatFailsIsUnderWayNoMore) {
  {
    LeaseSearch failed(book_, std::nullopt);
    failed.begin();
    EXPECT_EQ(failed.answered(std::nullopt), Step::ask_lost);
  }
  LeaseSearch next(book_, std::nullopt);
  EXPECT_EQ(next.begin(), Step::ask_next);
  EXPECT_EQ(next.answered(std::nullopt), Step::ask_lost);
}

TEST_F(LeaseBooks, ARangeIsKnownUntilItIsFinishedOrGivenBack) {
  take(1);
  take(2);
  take(3);
  EXPECT_EQ(book_.known(), (std::vector<std::int64_t>{1, 2, 3}));
  book_.visited(1, RangeOutcome::End::finished);
  book_.visited(2, RangeOutcome::End::given_back);
  book_.visited(3, RangeOutcome::End::failed);
  EXPECT_EQ(book_.known(), std::vector<std::int64_t>{3}) << "it will be tried again";
}

TEST_F(LeaseBooks, ARangeThatRunsIsNotTriedAgainBesides) {
  take(1);
  LeaseSearch again(book_, 1);
  EXPECT_EQ(again.begin(), Step::end);
  book_.visited(1, RangeOutcome::End::failed);
  LeaseSearch later(book_, 1);
  EXPECT_EQ(later.begin(), Step::ask_again);
  EXPECT_EQ(later.answered(std::nullopt), Step::end) << "lost leases are looked for when nothing is left";
  EXPECT_TRUE(book_.known().empty()) << "it is another runner's";
}

TEST_F(LeaseBooks, ARangeHasGotOnWhenItsCursorHas) {
  take(1);
  book_.visited(1, RangeOutcome::End::failed);
  for (const auto& [cursor, got_on] : {std::pair{"0", false}, {"5", true}, {"5", false}}) {
    LeaseSearch again(book_, 1);
    again.begin();
    again.answered(lease(1, cursor));
    EXPECT_EQ(again.got_on(), got_on) << cursor;
    book_.visited(1, RangeOutcome::End::failed);
  }
}

}  // namespace
}  // namespace pgfill::work
