// Whether batches name the leaves of a partitioned table: each reason not to.
#include "plan/leaf_way.h"

#include <gtest/gtest.h>

#include "unit/plan/example_facts.h"

namespace pgfill::plan {
namespace {

struct Case : ExampleCase {
  Case() {
    facts.table.kind = 'p';
    facts.partition_columns = {tenant};
    facts.leaves.push_back({"public", "users_1"});
    facts.leaves.push_back({"public", "users_2"});
  }
  void expect(const std::string& reason) const {
    const std::string found = whole_table_because(spec, facts, key);
    EXPECT_EQ(found.empty(), reason.empty()) << found;
    EXPECT_NE(found.find(reason), std::string::npos) << found;
  }
};

TEST(LeafWay, IsTakenWhereNothingStandsAgainstIt) {
  Case().expect("");
  Case plain;
  plain.facts.table.kind = 'r';
  plain.facts.leaves.clear();
  plain.spec.set() = {{"tenant", "1"}};
  plain.expect("");
}

TEST(LeafWay, IsNotTakenWhereRowsMayLeaveTheirPartition) {
  Case moved;
  moved.spec.set() = {{"tenant", "1"}};
  moved.expect("set changes tenant, which rows are partitioned by");
  Case computed;
  computed.facts.partition_columns = {0};
  computed.expect("partitions are cut by an expression");
  computed.spec.kind = Delete{};
  computed.expect("");
  Case triggered;
  triggered.facts.triggers.push_back({"stamp", true, "BEFORE", "stamp()", {}, {}});
  triggered.expect("trigger stamp may move a row");
  triggered.facts.triggers.front().timing = "AFTER";
  triggered.expect("");
}

TEST(LeafWay, IsNotTakenWhereTheStatementMeansAnotherThingThere) {
  Case statements;
  statements.facts.triggers.push_back({"count", false, "AFTER", "count()", {}, {}});
  statements.expect("trigger count is for statements");
  Case own;
  own.facts.leaves[1].has_statement_trigger = true;
  own.expect("partition public.users_2 has a trigger");
  Case ruled;
  ruled.facts.leaves[1].has_rule = true;
  ruled.expect("rewrite rule");
  Case secured;
  secured.facts.leaves[0].row_security = true;
  secured.expect("partition public.users_1 has row security");
  Case unprivileged;
  unprivileged.facts.access.role = "app";
  unprivileged.facts.leaves[0].may_change = false;
  unprivileged.expect("role app has no rights on partition public.users_1 itself");
}

TEST(LeafWay, IsNotTakenWhereTheTextNamesWholeRowsOrTheSchema) {
  Case rows;
  rows.spec.set() = {{"state", "users::text"}};
  rows.expect("whole rows");
  Case qualified;
  qualified.spec.where = "public.users.state IS NULL";
  qualified.expect("with its schema");
  qualified.spec.where = "users.state IS NULL";
  qualified.expect("");
}

}  // namespace
}  // namespace pgfill::plan
