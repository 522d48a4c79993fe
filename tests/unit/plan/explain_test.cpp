#include "plan/explain.h"

#include <gtest/gtest.h>

#include "plan/estimate.h"
#include "unit/plan/example_facts.h"

namespace pgfill::plan {
namespace {

TEST(ParsePlan, FindsEveryScanWithItsIndexButNotTheUpdateItself) {
  const ParsedPlan plan = parse_plan(R"([{"Plan": {"Node Type": "ModifyTable", "Relation Name": "users", "Plan Rows": 0,
    "Plans": [
      {"Node Type": "Index Scan", "Relation Name": "users", "Schema": "public", "Alias": "u",
       "Index Name": "users_pkey", "Plan Rows": 17},
      {"Node Type": "Seq Scan", "Parent Relationship": "SubPlan", "Relation Name": "plans", "Schema": "billing",
       "Alias": "plans", "Plan Rows": 5}]}}])");
  ASSERT_EQ(plan.scans.size(), 2U);
  EXPECT_EQ(plan.scans[0].index, "users_pkey");
  EXPECT_EQ(plan.scans[0].alias, "u");
  EXPECT_EQ(plan.scans[0].rows, 17);
  EXPECT_EQ(plan.scans[1].method, "Seq Scan");
  EXPECT_EQ(plan.scans[1].schema, "billing");
}

TEST(ParsePlan, NamesTheIndexesBelowABitmapScan) {
  const ParsedPlan plan = parse_plan(R"([{"Plan": {"Node Type": "Bitmap Heap Scan", "Relation Name": "users",
    "Plan Rows": 3, "Plans": [{"Node Type": "BitmapAnd", "Plans": [
      {"Node Type": "Bitmap Index Scan", "Index Name": "a"}, {"Node Type": "Bitmap Index Scan", "Index Name": "b"}]}]}}])");
  ASSERT_EQ(plan.scans.size(), 1U);
  EXPECT_EQ(plan.scans[0].index, "a and b");
  EXPECT_EQ(plan.rows, 3);
}

sql::Target example_target() {
  sql::Target target;
  target.schema = "public";
  target.table = "users";
  target.key = {{"id", "bigint"}};
  target.set = {{"state", "upper(státus)"}, {"code", "nope + 1"}};
  target.where = "missing IS NULL";
  return target;
}

TEST(PlaceOf, PointsToTheExpressionThatHoldsThePosition) {
  const sql::Target target = example_target();
  const std::string statement = sql::batch_update(target, sql::Sides{true, true}).text;
  // Positions count characters, and "á" takes two bytes: everything behind it lies one earlier than find() says.
  const auto position = [&](const char* word) { return static_cast<int>(statement.find(word)) + 1; };
  EXPECT_EQ(place_of(target, statement, position("upper")), "set state");
  EXPECT_EQ(place_of(target, statement, position("nope") - 1), "set code");
  EXPECT_EQ(place_of(target, statement, position("missing") - 1), "where");
  EXPECT_EQ(place_of(target, statement, 1), "");
  EXPECT_EQ(place_of(target, statement, 0), "");
  EXPECT_EQ(place_of(target, statement, -8), "");
}

TEST(EstimateCost, GrowsWithTheRowsToChangeAndStaysARange) {
  const Facts facts = example_facts();
  StatementFacts none;
  none.matching_share = 0;
  StatementFacts half;
  half.matching_share = 0.5;
  const Estimate nothing = estimate_cost(example_spec(), facts, none, 1);
  const Estimate some = estimate_cost(example_spec(), facts, half, 1);
  EXPECT_EQ(nothing.rows_to_change, 0);
  EXPECT_EQ(nothing.heap_growth_bytes, 0);
  EXPECT_EQ(some.rows_in_table, 1'000'000);
  EXPECT_EQ(some.rows_to_change, 500'000);
  EXPECT_EQ(some.heap_growth_bytes, 100'000'000);
  EXPECT_EQ(some.shortest.count(), 3);  // 500,000 at 250,000/s, and 500,000 read
  EXPECT_EQ(some.longest.count(), 10);  // at 60,000/s, and 1 s of reading
  EXPECT_LE(nothing.longest, some.longest);
  EXPECT_TRUE(some.hot_possible);
  EXPECT_EQ(estimate_cost(example_spec(), facts, half, 8).heap_growth_bytes, 25'000'000);
}

TEST(EstimateCost, AnIndexOverAColumnToSetCostsTimeAndForbidsHot) {
  Facts facts = example_facts();
  facts.indexes.push_back(unique_index("users_state", {state}));
  const Estimate estimate = estimate_cost(example_spec(), facts, {}, 1);
  EXPECT_FALSE(estimate.hot_possible);
  EXPECT_EQ(estimate.shortest.count(), 5);  // a million at 250,000/s, a quarter more
}

TEST(EstimateCost, AnEmptyTableTakesNoTime) {
  Facts facts = example_facts();
  facts.table.estimated_rows = 0;
  facts.table.heap_bytes = 0;
  const Estimate estimate = estimate_cost(example_spec(), facts, {}, 1);
  EXPECT_EQ(estimate.rows_to_change, 0);
  EXPECT_EQ(estimate.longest.count(), 0);
  EXPECT_EQ(estimate.heap_growth_bytes, 0);
}

}  // namespace
}  // namespace pgfill::plan
