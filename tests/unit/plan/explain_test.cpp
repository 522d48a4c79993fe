#include "plan/explain.h"

#include <gtest/gtest.h>

#include "kinds/update.h"
#include "ledger/row_statements.h"

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

/// A whole read in any node, and what is none.
TEST(ParsePlan, SeesThatARelationIsReadAsAWholeInWhicheverNode) {
  const ParsedPlan plan = parse_plan(R"json([{"Plan": {"Node Type": "ModifyTable", "Relation Name": "topics", "Plans": [
      {"Node Type": "Index Scan", "Parent Relationship": "Outer", "Relation Name": "topics", "Schema": "public",
       "Alias": "topics", "Index Name": "topics_pkey", "Index Cond": "(topics.id > 1)",
       "Filter": "((topics.state IS NULL) AND (NOT (hashed SubPlan 1)))", "Plan Rows": 500, "Plans": [
         {"Node Type": "Index Only Scan", "Parent Relationship": "SubPlan", "Subplan Name": "SubPlan 1",
          "Relation Name": "banned", "Schema": "public", "Alias": "banned", "Index Name": "banned_pkey",
          "Output": ["banned.id"], "Plan Rows": 150000},
         {"Node Type": "Bitmap Heap Scan", "Parent Relationship": "SubPlan", "Subplan Name": "SubPlan 2",
          "Relation Name": "found", "Schema": "public", "Alias": "f", "Plan Rows": 1, "Plans": [
            {"Node Type": "Bitmap Index Scan", "Index Name": "found_pkey", "Index Cond": "(f.id = topics.id)"}]},
         {"Node Type": "Seq Scan", "Parent Relationship": "SubPlan", "Subplan Name": "SubPlan 3",
          "Relation Name": "labels", "Schema": "public", "Alias": "l", "Filter": "(l.status = topics.state)"},
         {"Node Type": "Limit", "Parent Relationship": "InitPlan", "Subplan Name": "InitPlan 4", "Plans": [
            {"Node Type": "Index Only Scan", "Relation Name": "first", "Schema": "public", "Alias": "first"}]},
         {"Node Type": "Limit", "Parent Relationship": "InitPlan", "Subplan Name": "InitPlan 5", "Plans": [
            {"Node Type": "Sort", "Plans": [
               {"Node Type": "Seq Scan", "Relation Name": "sorted", "Schema": "public", "Alias": "sorted"}]}]}
       ]}]
}
}])json");
  ASSERT_EQ(plan.scans.size(), 6U);
  EXPECT_FALSE(plan.scans[0].whole);
  EXPECT_TRUE(plan.scans[1].whole && plan.scans[1].hashed && !plan.scans[1].each_row);
  EXPECT_EQ(plan.scans[1].columns, std::vector<std::string>{"id"});
  EXPECT_FALSE(plan.scans[2].whole);
  EXPECT_TRUE(plan.scans[3].whole && plan.scans[3].each_row);
  EXPECT_EQ(plan.scans[3].columns, std::vector<std::string>{"status"});
  EXPECT_FALSE(plan.scans[4].whole) << "the first row of an index only";
  EXPECT_TRUE(plan.scans[5].whole) << "what is sorted is read before the first row is known";
}

TEST(ParsePlan, CollectsWhatThePlanComputes) {
  const ParsedPlan plan = parse_plan(R"json([{"Plan": {"Node Type": "ModifyTable", "Relation Name": "t", "Plans": [
      {"Node Type": "Index Scan", "Output": ["nextval('s'::regclass)", "t.ctid"], "Filter": "(t.a IS NULL)"}]
}
}])json");
  EXPECT_NE(plan.expressions.find("nextval('s'::regclass)\n"), std::string::npos);
  EXPECT_NE(plan.expressions.find("(t.a IS NULL)\n"), std::string::npos);
}

sql::Target example_target() {
  sql::Target target;
  target.schema = "public";
  target.table = "users";
  target.key = {{"id", "bigint"}};
  target.set = {{"state", "upper(státus)"}, {"code", "nope + 1"}};
  target.where = "missing IS NULL";
  target.change = &kinds::update_rows;
  return target;
}

TEST(PlaceOf, PointsToTheExpressionThatHoldsThePosition) {
  const sql::Target target = example_target();
  const std::string statement = ledger::batch_change(target, sql::Sides{true, true}).text;
  // Positions count characters, and "á" takes two bytes: everything behind it lies one earlier than find() says.
  const auto position = [&](const char* word) { return static_cast<int>(statement.find(word)) + 1; };
  EXPECT_EQ(place_of(target, statement, position("upper")), "set state");
  EXPECT_EQ(place_of(target, statement, position("nope") - 1), "set code");
  EXPECT_EQ(place_of(target, statement, position("missing") - 1), "where");
  EXPECT_EQ(place_of(target, statement, 1), "");
  EXPECT_EQ(place_of(target, statement, 0), "");
  EXPECT_EQ(place_of(target, statement, -8), "");
}

}  // namespace
}  // namespace pgfill::plan
