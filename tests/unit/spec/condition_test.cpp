#include "spec/condition.h"

#include <gtest/gtest.h>

namespace pgfill::spec {
namespace {

JobSpec job(std::string where, std::vector<Assignment> set = {{"n", "n + 1"}}) {
  JobSpec spec;
  spec.table = "items";
  spec.set() = std::move(set);
  spec.where = std::move(where);
  return spec;
}

TEST(ConditionMayTell, WhenItReadsWhatTheJobWrites) {
  EXPECT_TRUE(condition_may_tell(job("items.n = 0")));
  EXPECT_FALSE(condition_may_tell(job("a > 0 AND created < '2024-01-01'")));
  EXPECT_TRUE(condition_may_tell(job("a > 0 AND created < '2024-01-01'"), {"a"}));
  EXPECT_TRUE(condition_may_tell(job("items IS NOT NULL")));
}

TEST(ReadsOtherRows, WhenASubSelectStandsAnywhere) {
  EXPECT_FALSE(reads_other_rows(job("a > 0", {{"n", "coalesce(a, lower(b)::int)"}})));
  EXPECT_FALSE(reads_other_rows(job("")));
  EXPECT_TRUE(reads_other_rows(job("a > 0 AND NOT EXISTS (SELECT FROM banned b WHERE b.id = items.id)")));
  EXPECT_TRUE(
      reads_other_rows(job("", {{"n", "1"}, {"m", "coalesce((SELECT x FROM other o WHERE o.id = items.id), 0)"}})));
  EXPECT_TRUE(reads_other_rows(job("", {{"n", "ARRAY(SELECT x FROM other)"}})));
}

TEST(FillsNulls, WhenTheConditionDemandsIt) {
  EXPECT_TRUE(fills_nulls(job("n IS NULL")));
  EXPECT_TRUE(fills_nulls(job("(items.n IS NULL)")));
  EXPECT_TRUE(fills_nulls(job("created < '2024-01-01' AND n IS NULL AND a > 0")));
  EXPECT_TRUE(fills_nulls(job("n IS NULL AND m IS NULL", {{"n", "a"}, {"m", "b"}})));
}

TEST(AllNullWhen, TellsWhenNothingIsSet) {
  const NullFacts facts;
  EXPECT_EQ(all_null_when(job("", {{"n", "a"}, {"m", "lower(b)"}}), facts), "\"a\" IS NULL AND \"b\" IS NULL");
  EXPECT_EQ(all_null_when(job("", {{"n", "a -> 'x'"}, {"m", "1"}}), facts), "");
  EXPECT_EQ(all_null_when(job("", {{"n", "a -> 'x'"}, {"m", "a"}}), facts), std::nullopt);
}

TEST(HeapCondition, LeavesOutWhatItWouldFulfilForEver) {
  EXPECT_EQ(position_condition(job("n IS NULL", {{"n", "items.a"}})),
            "(n IS NULL\n) AND NOT (\"items\".\"a\" IS NULL)");
  EXPECT_EQ(position_condition(job("n IS NULL AND m IS NULL", {{"n", "a"}, {"m", "b || c"}})),
            "(n IS NULL AND m IS NULL\n) AND NOT (\"a\" IS NULL AND (\"b\" IS NULL OR \"c\" IS NULL))");
  EXPECT_EQ(position_condition(job("n IS NULL", {{"n", "1"}})), "n IS NULL");
  EXPECT_EQ(position_condition(job("n IS NULL AND m IS NULL", {{"n", "a -> 'x'"}, {"m", "now()"}})),
            "n IS NULL AND m IS NULL");
}

TEST(FillsNulls, NotWhenItMayOverwriteSomething) {
  EXPECT_FALSE(fills_nulls(job("n IS NOT NULL")));
  EXPECT_FALSE(fills_nulls(job("n IS NULL OR a > 0")));
  EXPECT_FALSE(fills_nulls(job("NOT (n IS NULL)")));
  EXPECT_FALSE(fills_nulls(job("a IS NULL")));
  EXPECT_FALSE(fills_nulls(job("other.n IS NULL")));
  EXPECT_FALSE(fills_nulls(job("n IS NULL", {{"n", "a"}, {"m", "b"}})));
  EXPECT_FALSE(fills_nulls(job("coalesce(n, a) IS NULL")));
  EXPECT_FALSE(fills_nulls(job("not SQL at all (")));
}

}  // namespace
}  // namespace pgfill::spec
