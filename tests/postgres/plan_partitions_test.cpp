// Partitioned tables are planned leaf by leaf: one key, each leaf with ranges of its own, facts summed over them.
#include "postgres/plan_fixture.h"

namespace pgfill::tests {
namespace {

class PlanPartitions : public PlanOnServer {
 protected:
  /// users partitioned by tenant into `leaves`, the last of them partitioned again.
  void create_partitioned(int leaves) {
    db_.execute(
        "CREATE TABLE users (id int, tenant int, status text, state text, PRIMARY KEY (id, tenant)) "
        "PARTITION BY LIST (tenant)");
    for (int i = 0; i < leaves; ++i) {
      const std::string number = std::to_string(i);
      const std::string part = "CREATE TABLE users_" + number + " PARTITION OF users FOR VALUES IN (" + number + ")";
      db_.execute(i + 1 < leaves ? part
                                 : part + " PARTITION BY RANGE (tenant); CREATE TABLE users_" + number +
                                       "_deep PARTITION OF users_" + number + " FOR VALUES FROM (0) TO (1000)");
    }
    leaves_ = leaves;
  }
  void fill(int rows) {
    db_.execute("INSERT INTO users SELECT i, i % " + std::to_string(leaves_) + ", 'x' FROM generate_series(1, " +
                std::to_string(rows) + ") i");
  }
  void expect_tiles(const Plan& plan, std::size_t least) {
    EXPECT_EQ(first_refusal(plan), nullptr) << first_refusal(plan)->text;
    ASSERT_GE(plan.ranges.size(), least);
    std::string memberships;
    std::int64_t largest = 0;
    for (const PlannedRange& range : plan.ranges) {
      std::string condition = "(true";
      const auto row = [&](const Key& key) {
        return key.size() == 1 ? "(" + key[0] + ")" : "(" + key[0] + ", " + key[1] + ")";
      };
      const std::string names = plan.key.columns.size() == 1 ? "(tenant)" : "(id, tenant)";
      if (range.keys.lower) condition += " AND " + names + " > " + row(*range.keys.lower);
      if (range.keys.upper) condition += " AND " + names + " <= " + row(*range.keys.upper);
      condition += " AND tableoid = " + std::to_string(plan.relations[range.relation].oid) + ")";
      largest = std::max(largest, db_.integer("SELECT count(*) FROM users WHERE " + condition));
      memberships += (memberships.empty() ? "" : " + ") + condition + "::int";
    }
    EXPECT_EQ(db_.integer("SELECT count(*) FROM users WHERE " + memberships + " <> 1"), 0);
    const std::int64_t rows = db_.integer("SELECT count(*) FROM users");
    EXPECT_LT(largest * static_cast<std::int64_t>(plan.ranges.size()), 2 * rows);
  }

  int leaves_ = 0;
};

TEST_F(PlanPartitions, AreMeasuredByTheirLeavesAndWalkedByTheParentsKeyInEachLeaf) {
  create_partitioned(3);
  fill(30'000);
  db_.execute("ALTER TABLE users_0 SET (fillfactor = 70); ANALYZE users");
  const Plan plan = planned();
  EXPECT_EQ(first_refusal(plan), nullptr) << first_refusal(plan)->text;
  EXPECT_EQ(plan.key.index, "users_pkey");
  EXPECT_TRUE(plan.table.analyzed);
  EXPECT_NEAR(static_cast<double>(plan.table.estimated_rows), 30'000, 3'000);
  EXPECT_GT(plan.table.heap_bytes, 1'000'000);
  EXPECT_GT(plan.table.index_bytes, 500'000);
  EXPECT_EQ(plan.table.fillfactor, 100);
  EXPECT_TRUE(plan.by_leaf);
  EXPECT_EQ(plan.relations.size(), 3U);
  EXPECT_EQ(plan.explain.find("Append"), std::string::npos) << plan.explain;
  EXPECT_NE(plan.batch_sql.find("UPDATE ONLY \"public\".\"users_"), std::string::npos) << plan.batch_sql;
  EXPECT_NE(finding_of(plan, "partitions").text.find("the partition key (tenant)"), std::string::npos);
}

TEST_F(PlanPartitions, AreCutByASampleOfTheParent) {
  create_partitioned(3);
  fill(150'000);
  expect_tiles(planned(), 3);
}

TEST_F(PlanPartitions, AreCutByStatisticsOfTheParentElseOfItsLeaves) {
  db_.execute(
      "CREATE TABLE users (tenant int PRIMARY KEY, status text, state text) PARTITION BY HASH (tenant);"
      "CREATE TABLE users_0 PARTITION OF users FOR VALUES WITH (MODULUS 2, REMAINDER 0);"
      "CREATE TABLE users_1 PARTITION OF users FOR VALUES WITH (MODULUS 2, REMAINDER 1) WITH (fillfactor = 50);"
      "INSERT INTO users SELECT i, 'x' FROM generate_series(1, 200000) i; ANALYZE users_0; ANALYZE users_1");
  const Plan by_leaves = planned();
  EXPECT_TRUE(by_leaves.table.analyzed);
  expect_tiles(by_leaves, 4);
  JobSpec bounded = users_spec();
  bounded.bound = Bound::at_start;
  EXPECT_EQ(planned(bounded).ranges.back().keys.upper, Key{"200000"});
  expect_tiles(planned(bounded), 4);
  db_.execute("ANALYZE users");
  expect_tiles(planned(), 4);
}

TEST_F(PlanPartitions, AreWalkedByAKeyThatEachLeafHas) {
  db_.execute(
      "CREATE TABLE users (id int, tenant int, status text, state text) PARTITION BY LIST (tenant);"
      "CREATE TABLE users_1 PARTITION OF users (id NOT NULL) FOR VALUES IN (1);"
      "CREATE TABLE users_2 PARTITION OF users (id NOT NULL) FOR VALUES IN (2);"
      "CREATE UNIQUE INDEX ON users_1 (id, tenant); CREATE UNIQUE INDEX ON users_1 (id);"
      "CREATE UNIQUE INDEX ON users_2 (id); INSERT INTO users SELECT i, 1 + i % 2, 'x' FROM generate_series(1, 99) i");
  const Plan plan = planned();
  EXPECT_EQ(first_refusal(plan), nullptr) << first_refusal(plan)->text;
  ASSERT_EQ(plan.key.columns.size(), 1U);
  EXPECT_EQ(plan.key.columns.front().name, "id");
  EXPECT_EQ(plan.key.index, "");
  EXPECT_EQ(plan.ranges.size(), 2U);
}

TEST_F(PlanPartitions, AreNamedAsOneTableWhereALeafByItselfIsAnotherThing) {
  create_partitioned(3);
  fill(300);
  const auto reason = [&](const JobSpec& spec = users_spec()) {
    const Plan plan = planned(spec);
    EXPECT_EQ(first_refusal(plan), nullptr) << first_refusal(plan)->text;
    EXPECT_EQ(plan.relations.size(), 1U);
    return plan.by_leaf ? "by leaf" : finding_of(plan, "partitions").text;
  };
  JobSpec moving = users_spec();
  moving.set() = {{"state", "users::text"}};
  EXPECT_NE(reason(moving).find("whole rows"), std::string::npos);
  db_.execute(
      "CREATE FUNCTION noop() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';"
      "CREATE TRIGGER once AFTER UPDATE ON users_1 EXECUTE FUNCTION noop()");
  EXPECT_NE(reason().find("partition public.users_1 has a trigger for statements"), std::string::npos);
  db_.execute("DROP TRIGGER once ON users_1; CREATE RULE quiet AS ON UPDATE TO users_1 DO INSTEAD NOTHING");
  EXPECT_NE(reason().find("rewrite rule"), std::string::npos);
  db_.execute("DROP RULE quiet ON users_1; CREATE TRIGGER once AFTER UPDATE ON users EXECUTE FUNCTION noop()");
  EXPECT_NE(reason().find("trigger once is for statements"), std::string::npos);
  db_.execute("DROP TRIGGER once ON users");
  EXPECT_TRUE(planned().by_leaf);
}

TEST_F(PlanPartitions, UnloggedAndForeignLeavesAreRefusedByName) {
  create_partitioned(2);
  db_.execute("ALTER TABLE users_0 SET UNLOGGED");
  expect_refusal(planned(), "table_kind", ErrorCode::table_kind, "ALTER TABLE public.users_0 SET LOGGED");
  db_.execute(
      "DROP TABLE users; CREATE FOREIGN DATA WRAPPER nowhere; CREATE SERVER far FOREIGN DATA WRAPPER nowhere;"
      "CREATE TABLE users (id int, status text, state text) PARTITION BY RANGE (id);"
      "CREATE FOREIGN TABLE users_far PARTITION OF users FOR VALUES FROM (1) TO (9) SERVER far");
  expect_refusal(planned(), "table_kind", ErrorCode::table_kind, "foreign partition public.users_far");
}

TEST_F(PlanPartitions, TriggersAndIndexesOfOneLeafAreFoundByNameThoughItsColumnsAreNumberedOtherwise) {
  create_partitioned(2);
  db_.execute(
      "CREATE TABLE late (gone int, state text, status text, tenant int NOT NULL, id int NOT NULL);"
      "ALTER TABLE late DROP COLUMN gone; ALTER TABLE users ATTACH PARTITION late FOR VALUES IN (7);"
      "CREATE INDEX late_state ON late (state); CREATE INDEX late_status ON late (status);"
      "CREATE FUNCTION noop() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';"
      "CREATE TRIGGER other BEFORE UPDATE OF status ON late FOR EACH ROW EXECUTE FUNCTION noop();"
      "CREATE TRIGGER once AFTER UPDATE ON late EXECUTE FUNCTION noop();"
      "CREATE TRIGGER audit AFTER UPDATE OF state ON late FOR EACH ROW EXECUTE FUNCTION noop();"
      "CREATE TRIGGER everywhere AFTER UPDATE OF state ON users FOR EACH ROW EXECUTE FUNCTION noop()");
  const Plan plan = planned();
  expect_warning(plan, "triggers", "trigger audit of late (AFTER UPDATE) runs noop() for each row changed");
  int triggers = 0;
  for (const Finding& finding : plan.findings) triggers += finding.check == "triggers" ? 1 : 0;
  EXPECT_EQ(triggers, 2);
  expect_warning(plan, "hot_forecast", "index public.late_state covers");
  EXPECT_FALSE(plan.estimate.hot_possible);
}

TEST_F(PlanPartitions, APublishedLeafWithoutIdentityIsRefused) {
  create_partitioned(2);
  db_.execute("ALTER TABLE users_0 REPLICA IDENTITY NOTHING; CREATE PUBLICATION pub FOR TABLE users");
  expect_refusal(planned(), "replica_identity", ErrorCode::replica_identity, "ALTER TABLE public.users_0 REPLICA");
  db_.execute("ALTER TABLE users_0 REPLICA IDENTITY DEFAULT");
  EXPECT_EQ(first_refusal(planned()), nullptr);
}

TEST_F(PlanPartitions, ALockOnALeafIsNamed) {
  create_partitioned(2);
  Database migration(database_.conninfo(), "migration");
  migration.execute("BEGIN; LOCK TABLE users_0 IN SHARE MODE");
  expect_refusal(planned(), "blocking_locks", ErrorCode::blocked_at_start, "SHARE lock on public.users_0");
}

TEST_F(PlanPartitions, ASubqueryOnALeafIsRefused) {
  create_partitioned(2);
  fill(100);
  JobSpec spec = users_spec();
  spec.set() = {{"state", "(SELECT max(o.status) FROM users_0 o WHERE o.id = users.id)"}};
  expect_refusal(planned(spec), "subqueries", ErrorCode::expression_unsafe, "a subquery reads public.users");
}

TEST_F(PlanPartitions, WithoutAKeyTheIndexToCreateHoldsThePartitionKey) {
  db_.execute(
      "CREATE TABLE users (id int NOT NULL, tenant int NOT NULL, status text, state text) PARTITION BY LIST (tenant)");
  expect_refusal(planned(), "key", ErrorCode::no_usable_key, "ON ONLY public.users (id, tenant)");
  db_.execute(
      "CREATE TABLE users_1 PARTITION OF users FOR VALUES IN (1);"
      "CREATE UNIQUE INDEX users_pgfill_key ON ONLY users (id, tenant)");
  expect_refusal(planned(), "key", ErrorCode::no_usable_key, "ALTER INDEX public.users_pgfill_key ATTACH PARTITION");
  db_.execute(
      "CREATE UNIQUE INDEX leaf_key ON users_1 (id, tenant); ALTER INDEX users_pgfill_key ATTACH PARTITION leaf_key");
  EXPECT_EQ(first_refusal(planned()), nullptr);
}

TEST_F(PlanPartitions, ATableWithoutPartitionsIsEmpty) {
  db_.execute("CREATE TABLE users (id int PRIMARY KEY, status text, state text) PARTITION BY RANGE (id)");
  const Plan plan = planned();
  EXPECT_EQ(first_refusal(plan), nullptr);
  EXPECT_EQ(plan.ranges.size(), 1U);
  EXPECT_EQ(plan.table.estimated_rows, 0);
}

}  // namespace
}  // namespace pgfill::tests
