#include "sql/plan_builder.h"

#include <gtest/gtest.h>

namespace pgfill::sql {
namespace {

Target target() {
  Target target;
  target.schema = "crm";
  target.table = "Users";
  target.key = {{"tenant", "integer"}, {"at \"x\"", "text"}};
  target.set = {{"state", "status"}};
  target.where = "state IS NULL -- still to do";
  return target;
}

TEST(PlanBuilder, NamesFollowFromTheTextAndFitTheServersLimit) {
  EXPECT_EQ(named_by_text("SELECT 1").name, named_by_text("SELECT 1").name);
  EXPECT_NE(named_by_text("SELECT 1").name, named_by_text("SELECT 2").name);
  EXPECT_LT(named_by_text(std::string(5000, 'x')).name.size(), 64U);
}

TEST(PlanBuilder, TheSampleOrdersByTheKeyColumnsThemselvesAndNotByTheirText) {
  const std::string text = sampled_keys(target()).text;
  EXPECT_NE(text.find("OVER (ORDER BY \"tenant\", \"at \"\"x\"\"\")"), std::string::npos) << text;
  EXPECT_NE(text.find("FROM \"crm\".\"Users\" TABLESAMPLE SYSTEM"), std::string::npos) << text;
}

TEST(PlanBuilder, KeysOfBlocksAreSampledWithoutDrawingLots) {
  const std::string text = keys_of_blocks(target()).text;
  EXPECT_NE(text.find("OVER (ORDER BY \"tenant\", \"at \"\"x\"\"\")"), std::string::npos) << text;
  EXPECT_NE(text.find("FROM \"crm\".\"Users\"\n        WHERE ctid >= "), std::string::npos) << text;
  EXPECT_EQ(text.find("TABLESAMPLE"), std::string::npos) << text;
}

TEST(PlanBuilder, HistogramBoundsCompareAsTheKeyDoes) {
  const std::string text = histogram_bounds(target(), "pg_catalog.\"C\"", true).text;
  EXPECT_NE(text.find("(bound::integer) COLLATE pg_catalog.\"C\" < $5::integer"), std::string::npos) << text;
  EXPECT_EQ(histogram_bounds(target(), "", false).text.find("$5"), std::string::npos);
}

TEST(PlanBuilder, AConditionMayEndInAComment) {
  EXPECT_TRUE(matching_rows(target(), false).text.ends_with("WHERE (state IS NULL -- still to do\n)"));
  EXPECT_EQ(matching_rows(target(), true).text, "SELECT FROM \"crm\".\"Users\"");
}

TEST(PlanBuilder, ExplainPutsAPrefixOfKnownLengthInFront) {
  const BuiltStatement statement = named_by_text("UPDATE t SET a = 1");
  EXPECT_EQ(explain(statement).text.substr(static_cast<std::size_t>(explain_prefix())), statement.text);
  EXPECT_TRUE(explain_as_json(statement).text.ends_with(statement.text));
}

}  // namespace
}  // namespace pgfill::sql
