// Stripes by facts: each reason not to, and how many.
#include "plan/striping.h"

#include <gtest/gtest.h>

#include "unit/plan/example_facts.h"

namespace pgfill::plan {
namespace {

struct Case : ExampleCase {
  Order order = Order::key;
  double matching = 1;

  Case() {
    facts.table.server_version = 150'000;
    facts.pages = facts.table.estimated_rows / 50;
    column("id").correlation = 0.99;
  }
  Striping decide() const { return decide_striping(spec, facts, key, {order, matching}); }
  void expect_none(const std::string& reason) const {
    EXPECT_EQ(decide().stripes, 1);
    EXPECT_NE(decide().reason.find(reason), std::string::npos) << decide().reason;
  }
};

TEST(Striping, PaysWhereKeysFollowTheHeapAndPagesHoldManyRows) {
  Case usual;
  EXPECT_EQ(usual.decide().stripes, 8);
  EXPECT_EQ(usual.decide().reason, "a page holds 50 rows: old versions are pruned between passes");
  usual.column("id").correlation = -0.95;
  EXPECT_EQ(usual.decide().stripes, 8);
}

TEST(Striping, WiderRowsGetFewerStripesOrNone) {
  Case wide;
  wide.facts.pages = wide.facts.table.estimated_rows / 10;
  EXPECT_EQ(wide.decide().stripes, 4);
  wide.facts.pages = wide.facts.table.estimated_rows / 3;
  wide.expect_none("a page holds 3 rows only");
}

TEST(Striping, AnIndexOnATargetColumnForbidsThem) {
  Case indexed;
  indexed.facts.indexes.push_back(unique_index("users_state", {state}));
  indexed.expect_none("index users_state covers a column to set");
}

TEST(Striping, NeedNoStatisticsButGoodOnes) {
  Case without;
  without.column("id").correlation.reset();
  without.expect_none("ANALYZE");
  without.column("id").correlation = 0.02;
  without.expect_none("correlation 0.02");
  without.order = Order::physical;
  EXPECT_EQ(without.decide().stripes, 8) << "every order is the physical order then";
}

TEST(Striping, AreNotWorthItForFewRows) {
  Case small;
  small.facts.table.estimated_rows = 10'000;
  small.expect_none("small");
  Case few;
  few.matching = 0.1;
  few.expect_none("few rows");
}

TEST(Striping, KeysMustHaveAHashThatAgreesWithTheirOrder) {
  Case text;
  text.key.columns = {{"id", "character varying(40)"}};
  EXPECT_EQ(text.decide().stripes, 8);
  text.key.columns = {{"id", "\"text\""}};
  EXPECT_EQ(text.decide().stripes, 8);
  text.facts.table.server_version = 130'000;
  text.expect_none("cannot hash");
  Case money;
  money.key.columns = {{"id", "money"}};
  money.expect_none("type money");
  money.spec.stripes = Stripes::on;
  money.expect_none("type money");
  money.order = Order::physical;
  EXPECT_EQ(money.decide().stripes, 8) << "by position";
}

TEST(Striping, APersonDecidesOtherwise) {
  Case asked;
  asked.facts.table.estimated_rows = 10;
  asked.spec.stripes = Stripes::on;
  EXPECT_EQ(asked.decide().stripes, 8);
  Case refused;
  refused.spec.stripes = Stripes::off;
  refused.expect_none("stripes: off");
}

}  // namespace
}  // namespace pgfill::plan
