// The physical order by facts: when, and each reason not to.
#include "plan/ordering.h"

#include <gtest/gtest.h>

#include "unit/plan/example_facts.h"

namespace pgfill::plan {
namespace {

struct Case : ExampleCase {
  Case() {
    spec.where = spec.set().front().column + " IS NULL";
    facts.table.server_version = 150'000;
    facts.pages = 100'000;
    column("id").correlation = 0.02;
  }
  Ordering decide() const { return decide_order(spec, facts, key); }
  void expect_key(const std::string& reason) const {
    EXPECT_EQ(decide().order, Order::key);
    EXPECT_NE(decide().reason.find(reason), std::string::npos) << decide().reason;
  }
};

TEST(Ordering, FollowsTheHeapWhereKeysDoNot) {
  const Case random;
  EXPECT_EQ(random.decide().order, Order::physical);
  EXPECT_EQ(random.decide().reason, "rows do not lie in the order of their keys (correlation 0.02)");
}

TEST(Ordering, FollowsTheKeyWhereRowsLieInItsOrder) {
  Case ordered;
  for (const double correlation : {0.99, -0.99}) {
    ordered.column("id").correlation = correlation;
    ordered.expect_key("rows lie in this order");
  }
}

TEST(Ordering, FollowsTheKeyWhereNothingTells) {
  Case unknown;
  unknown.column("id").correlation.reset();
  unknown.expect_key("ANALYZE");
  Case small;
  small.facts.pages = 10;
  small.expect_key("small");
}

/// Whatever a person asks for.
TEST(Ordering, MovedRowsMustTellThatTheyAreNotDone) {
  for (const Order order : {Order::automatic, Order::physical}) {
    Case unconditional;
    unconditional.spec.order = order;
    unconditional.spec.where.clear();
    unconditional.expect_key("does not demand");
    Case bound;
    bound.spec.order = order;
    bound.spec.bound = Bound::at_start;
    bound.expect_key("bound: at_start");
    Case partitioned;
    partitioned.spec.order = order;
    partitioned.facts.table.kind = 'p';
    partitioned.expect_key("partitioned");
    Case old;
    old.spec.order = order;
    old.facts.table.server_version = 130'000;
    old.expect_key("cannot scan");
    Case unknown;
    unknown.spec.order = order;
    unknown.spec.set().front().expression = "nullif(id, 0)";
    unknown.expect_key("when a new value is NULL");
    Case blind;
    blind.spec.order = order;
    blind.facts.access.may_read_xmin = false;
    blind.expect_key("may not read");
  }
}

TEST(Ordering, FunctionsOfPostgresqlTellWhenTheyAreNull) {
  Case lower;
  lower.spec.set().front().expression = "lower(code)";
  for (const char* plain : {"text", "character varying(20)"}) {
    lower.column("code").type = plain;
    EXPECT_EQ(lower.decide().order, Order::physical) << plain;
  }
  for (const char* other : {"int4range", "text[]", "jsonb", "citext"}) {
    lower.column("code").type = other;
    lower.expect_key("when a new value is NULL");
  }
  lower.column("code").type = "text";
  lower.facts.ambiguous_names = {"lower"};
  lower.expect_key("when a new value is NULL");
}

/// A composite value is NULL when its fields are, infinite times have no time of day, and casts may be anybody's.
TEST(Ordering, NothingOnTheWayIntoTheColumnMayMakeNull) {
  Case copy;
  const std::string column = copy.spec.set().front().column;
  const auto expect_physical = [&](bool physical, const char* type, const char* expression) {
    copy.column(column).type = type;
    copy.spec.set().front().expression = expression;
    EXPECT_EQ(copy.decide().order == Order::physical, physical) << type << " from " << expression;
  };
  copy.column("code").type = "during";
  expect_physical(true, "during", "code");
  expect_physical(true, "mood", "'sad'");
  expect_physical(true, "jsonb", "to_jsonb(id)");
  expect_physical(true, "text", "id");
  expect_physical(false, "mood", "lower('SAD')");
  expect_physical(false, "text", "code");
  expect_physical(false, "text", "users.function_of_the_row");
  copy.column("code").type = "timestamp without time zone";
  expect_physical(false, "time without time zone", "code");
  expect_physical(true, "date", "code");
  copy.facts.own_casts = true;
  expect_physical(false, "date", "code");
  expect_physical(true, "timestamp without time zone", "code");
  copy.column(column).composite = true;
  expect_physical(false, "timestamp without time zone", "code");
}

TEST(Ordering, ATriggerMayFillOrKeepAsNullWhatIsSetSoAPersonHasToKnow) {
  Case fired;
  fired.facts.triggers.push_back({"touch", true, "BEFORE", "touch()", {}, {}});
  fired.expect_key("trigger touch");
  fired.spec.order = Order::physical;
  EXPECT_EQ(fired.decide().order, Order::physical);
}

TEST(Ordering, APersonDecidesOtherwise) {
  Case asked;
  asked.column("id").correlation = 0.99;
  asked.facts.pages = 1;
  asked.spec.order = Order::physical;
  EXPECT_EQ(asked.decide().order, Order::physical);
  Case refused;
  refused.spec.order = Order::key;
  refused.expect_key("order: key");
}

TEST(Ordering, WithoutAKeyThereIsNoOther) {
  Case keyless;
  keyless.key = {"", false, {{"ctid", "tid"}}};
  keyless.facts.pages = 1;
  EXPECT_EQ(keyless.decide().order, Order::physical);
  EXPECT_NE(keyless.decide().reason.find("no key"), std::string::npos);
}

}  // namespace
}  // namespace pgfill::plan
