#include "spec/condition.h"

#include <gtest/gtest.h>

namespace pgfill::spec {
namespace {

JobSpec job(std::string where, std::vector<Assignment> set = {{"n", "n + 1"}}) {
  JobSpec spec;
  spec.table = "items";
  spec.set = std::move(set);
  spec.where = std::move(where);
  return spec;
}

TEST(ConditionMayTell, WhenItReadsWhatTheJobWrites) {
  EXPECT_TRUE(condition_may_tell(job("items.n = 0")));
  EXPECT_FALSE(condition_may_tell(job("a > 0 AND created < '2024-01-01'")));
  EXPECT_TRUE(condition_may_tell(job("a > 0 AND created < '2024-01-01'"), {"a"}));
  EXPECT_TRUE(condition_may_tell(job("items IS NOT NULL")));
}

TEST(FillsNulls, WhenTheConditionDemandsIt) {
  EXPECT_TRUE(fills_nulls(job("n IS NULL")));
  EXPECT_TRUE(fills_nulls(job("(items.n IS NULL)")));
  EXPECT_TRUE(fills_nulls(job("created < '2024-01-01' AND n IS NULL AND a > 0")));
  EXPECT_TRUE(fills_nulls(job("n IS NULL AND m IS NULL", {{"n", "a"}, {"m", "b"}})));
}

bool tell(std::string expression) {
  return done_rows_tell(job("n IS NULL", {{"n", std::move(expression)}}), {"id", "price"});
}

TEST(DoneRowsTell, WhenANewValueIsNeverNull) {
  for (const char* expression : {"id", "items.id", "1", "'x'", "id % 1000", "price * 2 + id", "'no ' || id",
                                 "coalesce(lower(a), '')", "id::text", "CASE WHEN a > 0 THEN id ELSE 0 END"}) {
    EXPECT_TRUE(tell(expression)) << expression;
  }
  EXPECT_TRUE(done_rows_tell(job("n IS NULL AND m IS NULL", {{"n", "lower(a)"}, {"m", "id"}}), {"id"}));
}

TEST(DoneRowsTell, OrWhenAllAreColumns) {
  EXPECT_TRUE(tell("a"));
  EXPECT_TRUE(tell("items.a"));
  EXPECT_FALSE(done_rows_tell(job("n IS NULL AND m IS NULL", {{"n", "a"}, {"m", "lower(b)"}}), {}));
}

TEST(DoneRowsTell, NotWhenNobodyKnows) {
  for (const char* expression :
       {"NULL", "lower(a)", "a + 1", "(SELECT 1)", "id -> 'x'", "a::text", "coalesce(id, a)",
        "CASE WHEN a > 0 THEN id END", "CASE WHEN a > 0 THEN a ELSE id END", "nullif(id, 0)", "not SQL at all ("}) {
    EXPECT_FALSE(tell(expression)) << expression;
  }
}

TEST(HeapCondition, LeavesOutWhatItWouldFulfilForEver) {
  EXPECT_EQ(heap_condition(job("n IS NULL", {{"n", "a"}})), "(n IS NULL\n) AND NOT (a IS NULL)");
  EXPECT_EQ(heap_condition(job("n IS NULL AND m IS NULL", {{"n", "a"}, {"m", "b"}})),
            "(n IS NULL AND m IS NULL\n) AND NOT (a IS NULL AND b IS NULL)");
  EXPECT_EQ(heap_condition(job("n IS NULL", {{"n", "1"}})), "n IS NULL");
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
