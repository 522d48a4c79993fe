// When a row that is refused again and again counts as bad.
#include "work/refusals.h"

#include <gtest/gtest.h>

#include "work/row_failure.h"

namespace pgfill::work {
namespace {

using namespace std::chrono_literals;

postgres::Failure raised(const std::string& sqlstate, bool by_function = true) {
  postgres::Failure failure(sqlstate, "no");
  failure.by_function = by_function;
  return failure;
}

const RowPlace place{1, Key{"41"}, 0};

TEST(Refusals, ASliceIsHalvedDownToTheRowWhateverStateItIsRefusedWith) {
  Refusals refusals;
  for (const char* state : {"40001", "40P01", "55P03", "57014", "08001"}) {
    EXPECT_EQ(refusals.judge(raised(state), 2, place, {}), FailureClass::shrink) << state;
    EXPECT_EQ(refusals.judge(raised(state), 1, place, {}), FailureClass::retry) << state;
  }
}

TEST(Refusals, ARowIsBadAfterEnoughTriesThatTookLongEnough) {
  Refusals refusals;
  const async::TimePoint begun{};
  for (int tries = 1; tries < Refusals::most_tries; ++tries) {
    EXPECT_EQ(refusals.judge(raised("40001"), 1, place, begun + 60s), FailureClass::retry) << tries;
  }
  EXPECT_EQ(refusals.judge(raised("40001"), 1, place, begun + 60s), FailureClass::retry) << "all at the same time";
  EXPECT_EQ(refusals.judge(raised("40001"), 1, place, begun + 60s + Refusals::least_span), FailureClass::shrink);
}

TEST(Refusals, TriesOfAnotherRowAreCountedAnew) {
  Refusals refusals;
  const async::TimePoint begun{};
  for (int tries = 1; tries < 2 * Refusals::most_tries; ++tries) refusals.judge(raised("40001"), 1, place, begun);
  const RowPlace next{1, Key{"42"}, 0};
  EXPECT_EQ(refusals.judge(raised("40001"), 1, next, begun + 60s), FailureClass::retry);
  EXPECT_EQ(refusals.judge(raised("40001"), 1, place, begun + 60s), FailureClass::retry);
}

TEST(Refusals, WhatTheServerItselfReportsIsWaitedFor) {
  Refusals refusals;
  for (int tries = 0; tries < 100; ++tries) {
    EXPECT_EQ(refusals.judge(raised("55P03", false), 1, place, async::TimePoint{} + tries * 1s), FailureClass::locked);
  }
}

TEST(Refusals, OtherStatesKeepTheirMeaning) {
  Refusals refusals;
  EXPECT_EQ(refusals.judge(raised("23505"), 1, place, {}), FailureClass::shrink);
  EXPECT_EQ(refusals.judge(raised("42501"), 1, place, {}), FailureClass::stop);
}

TEST(Refusals, TheFailureOfABadRowIsNotTriedAgainAndNamesTheRowAndTheState) {
  const postgres::Failure failure = bad_row_failure(raised("40001"), "(id) = (42)");
  EXPECT_EQ(failure.failure_class(), FailureClass::shrink);
  EXPECT_NE(std::string(failure.what()).find("row (id) = (42)"), std::string::npos) << failure.what();
  EXPECT_NE(std::string(failure.what()).find("SQLSTATE 40001"), std::string::npos) << failure.what();
  EXPECT_EQ(bad_row_failure(raised("23505"), "(id) = (42)").sqlstate(), "23505");
}

}  // namespace
}  // namespace pgfill::work
