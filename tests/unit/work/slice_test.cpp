// How a range is cut, pass after pass.
#include "work/slice.h"

#include <gtest/gtest.h>

namespace pgfill::work {
namespace {

ledger::Lease lease(int stripe, int stripes) {
  ledger::Lease lease;
  lease.keys = {Key{"0"}, Key{"100"}};
  lease.cursor = Key{"50"};
  lease.stripe = stripe;
  lease.stripes = stripes;
  return lease;
}

Slice inner(const char* bound, std::int64_t rows) {
  return {Key{bound}, rows, rows, false};
}

const Slice end{Key{"100"}, 0, 40, true};

PassMemory remembered() {
  PassMemory memory;
  memory.begin(true);
  memory.note(inner("30", 40));
  memory.note(inner("60", 40));
  memory.note(end);
  memory.begin(true);
  return memory;
}

TEST(PositionAfter, ASliceMovesTheCursor) {
  const ledger::Position position = position_after(lease(3, 1), inner("60", 10), 8);
  EXPECT_EQ(position.cursor, Key{"60"});
  EXPECT_EQ(position.stripe, 3);
  EXPECT_FALSE(position.done);
}

TEST(PositionAfter, TheEndOfAPassBeginsTheNextOne) {
  const ledger::Position position = position_after(lease(3, 1), end, 8);
  EXPECT_EQ(position.cursor, Key{"0"});
  EXPECT_EQ(position.stripe, 4);
  EXPECT_EQ(position.stripes, 1);
  EXPECT_FALSE(position.done);
}

TEST(PositionAfter, TheEndOfTheLastPassIsTheEnd) {
  EXPECT_TRUE(position_after(lease(7, 1), end, 8).done);
  EXPECT_TRUE(position_after(lease(3, 5), end, 8).done) << "the rest in one pass";
  EXPECT_TRUE(position_after(lease(0, 1), end, 1).done) << "without stripes";
  EXPECT_EQ(position_after(lease(7, 1), end, 8).cursor, Key{"100"});
}

TEST(HasMoved, IsTrueAtAnotherCursorAndInAnotherPass) {
  const ledger::Lease before = lease(3, 1);
  EXPECT_FALSE(has_moved(before, lease(3, 1)));
  EXPECT_TRUE(has_moved(before, lease(4, 1))) << "a pass of one batch ends at the cursor where it began";
  ledger::Lease further = before;
  further.cursor = Key{"60"};
  EXPECT_TRUE(has_moved(before, further));
}

TEST(StripesOfPass, IsOneWhereStripesPayAndTheRestWhereTheyDoNot) {
  EXPECT_EQ(stripes_of_pass(lease(3, 1), 8, true), 1);
  EXPECT_EQ(stripes_of_pass(lease(3, 1), 8, false), 5);
  EXPECT_EQ(stripes_of_pass(lease(3, 5), 8, true), 1) << "they pay again";
  EXPECT_EQ(stripes_of_pass(lease(0, 1), 1, false), 1) << "without stripes";
}

TEST(StripesOfPass, AreAllOfThemInARangeWithoutAnEnd) {
  ledger::Lease open = lease(0, 8);
  open.keys.upper.reset();
  EXPECT_EQ(stripes_of_pass(open, 8, true), 8);
  EXPECT_EQ(stripes_of_pass(open, 8, false), 8);
}

/// Half of a table of 8,000 rows: 500 rows in each of eight stripes.
ledger::Lease half_a_table(int stripe, int stripes, std::int64_t walked) {
  ledger::Lease half = lease(stripe, stripes);
  half.share = 0.5;
  half.rows_walked = walked;
  return half;
}

TEST(LongestSlice, LeavesAPassOfAStripeSeveralBatches) {
  ledger::Lease half = half_a_table(2, 1, 0);
  EXPECT_EQ(longest_slice(half, 8'000, 8, 10), 125) << "a quarter of 500 rows";
  EXPECT_EQ(longest_slice(half, 8'000, 8, 200), 200);
  half.stripes = 6;
  EXPECT_GT(longest_slice(half, 8'000, 8, 10), 1'000'000) << "the last pass";
  half.stripes = 1;
  EXPECT_GT(longest_slice(half, 8'000, 1, 10), 1'000'000) << "without stripes";
  half.keys.upper.reset();
  EXPECT_GT(longest_slice(half, 8'000, 8, 10), 1'000'000) << "no end, no next pass";
}

TEST(NearPart, HasAsMuchToDoAsTheFarOne) {
  const NearPart keep = near_part(half_a_table(2, 1, 1'100), inner("60", 100), 8'000, 8, 10);
  EXPECT_EQ(keep.rows, 66) << "200 of 500 are done with the slice, and come again in five passes";
  EXPECT_NEAR(keep.share, 0.5 * 266 / 500, 1e-9);
  EXPECT_EQ(keep.moved, 468) << "two passes over 234 rows";
}

TEST(NearPart, IsHalfOfWhatIsLeftInTheLastPass) {
  const NearPart keep = near_part(half_a_table(7, 1, 3'600), inner("60", 100), 8'000, 8, 10);
  EXPECT_EQ(keep.rows, 150) << "200 of 500 are done with the slice";
  EXPECT_NEAR(keep.share, 0.5 * 350 / 500, 1e-9);
}

TEST(NearPart, IsWhatIsDoneWhereThatIsMoreThanHalf) {
  const NearPart keep = near_part(half_a_table(2, 1, 1'250), inner("60", 100), 8'000, 8, 10);
  EXPECT_EQ(keep.rows, 1) << "350 of 500 are done with the slice";
  EXPECT_NEAR(keep.share, 0.5 * 351 / 500, 1e-9);
}

TEST(NearPart, OfTheFirstPassMovesNothing) {
  const NearPart keep = near_part(half_a_table(0, 8, 1'900), inner("60", 100), 8'000, 8, 10);
  EXPECT_EQ(keep.rows, 1'000);
  EXPECT_NEAR(keep.share, 0.5 * 3 / 4, 1e-9);
  EXPECT_EQ(keep.moved, 0);
}

TEST(NearPart, IsNothingWhereTooLittleIsLeft) {
  EXPECT_EQ(near_part(half_a_table(7, 1, 3'600), inner("60", 100), 8'000, 8, 40).rows, 0) << "less than four batches";
  EXPECT_EQ(near_part(half_a_table(2, 1, 1'100), inner("60", 100), 8'000, 8, 240).rows, 0) << "less than one a pass";
  EXPECT_EQ(near_part(half_a_table(2, 1, 1'100), end, 8'000, 8, 10).rows, 0) << "the last slice";
  EXPECT_EQ(near_part(half_a_table(2, 1, 1'100), Slice(), 8'000, 8, 10).rows, 0) << "no key was found";
  EXPECT_EQ(near_part(half_a_table(2, 1, 9'000), inner("60", 100), 8'000, 8, 10).rows, 0) << "a wrong estimate";
}

TEST(PassMemory, CutsTheNextPassAtTheSamePlaces) {
  PassMemory memory = remembered();
  const std::optional<Slice> first = memory.next(40);
  ASSERT_TRUE(first);
  EXPECT_EQ(first->bound, Key{"30"});
  EXPECT_EQ(first->rows, 40);
  EXPECT_FALSE(first->last);
  EXPECT_EQ(memory.next(40)->bound, Key{"60"});
  const std::optional<Slice> last = memory.next(40);
  EXPECT_EQ(last->bound, Key{"100"});
  EXPECT_TRUE(last->last);
  EXPECT_FALSE(memory.next(40));
}

TEST(PassMemory, JoinsSlicesForLargerBatches) {
  PassMemory memory = remembered();
  const std::optional<Slice> first = memory.next(90);
  EXPECT_EQ(first->bound, Key{"60"});
  EXPECT_EQ(first->rows, 80);
  EXPECT_EQ(first->at_most, 80);
}

TEST(PassMemory, ServesNoSliceThatIsMuchTooLarge) {
  PassMemory memory = remembered();
  EXPECT_TRUE(memory.next(20));
  EXPECT_FALSE(memory.next(19));
  EXPECT_FALSE(memory.next(1'000)) << "where the cursor is between the bounds is not known any more";
  memory.begin(true);
  EXPECT_TRUE(memory.next(40)) << "the next pass is on track again";
}

TEST(PassMemory, KnowsNothingOfAPassThatWasCutOtherwise) {
  PassMemory memory;
  memory.begin(true);
  memory.note(inner("30", 40));
  memory.leave_track();
  memory.note(end);
  memory.begin(true);
  EXPECT_FALSE(memory.next(100));
}

TEST(PassMemory, ForgetsWhenTheRangeIsAnotherAndIsNotForWidePasses) {
  PassMemory memory = remembered();
  memory.begin(false);
  EXPECT_FALSE(memory.next(100));
  memory.begin(true);
  EXPECT_TRUE(memory.next(100));
  memory.forget();
  memory.begin(true);
  EXPECT_FALSE(memory.next(100));
}

TEST(PassMemory, HasABound) {
  PassMemory memory;
  memory.begin(true);
  for (int i = 0; i < 5'000; ++i) memory.note(inner("1", 1));
  memory.note(end);
  memory.begin(true);
  EXPECT_FALSE(memory.next(100));
}

ledger::Lease open_ended(double share) {
  ledger::Lease lease;
  lease.share = share;
  return lease;
}

TEST(FeedsItself, MoreRowsThanThereWereAndAsManyAdded) {
  EXPECT_TRUE(feeds_itself(open_ended(1), {160'000, 160'000}, 50'000));
  EXPECT_FALSE(feeds_itself(open_ended(1), {140'000, 140'000}, 50'000)) << "an estimate may be off by so much";
  EXPECT_TRUE(feeds_itself(open_ended(0.01), {1'100'000, 1'100'000}, 1'000'000)) << "a hundredth of the table";
  EXPECT_FALSE(feeds_itself(open_ended(0), {20'000, 20'000}, 10)) << "few rows, soon done";
}

TEST(FeedsItself, NotByWhatOthersAdd) {
  EXPECT_FALSE(feeds_itself(open_ended(1), {1'000'000, 0}, 50'000));
  EXPECT_FALSE(feeds_itself(open_ended(1), {1'000'000, 300'000}, 50'000));
}

TEST(FeedsItself, NotInARangeWithAnEnd) {
  ledger::Lease bounded = lease(0, 1);
  bounded.share = 1;
  EXPECT_FALSE(feeds_itself(bounded, {1'000'000, 1'000'000}, 50'000));
}

}  // namespace
}  // namespace pgfill::work
