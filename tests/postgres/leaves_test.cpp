// Jobs on partitioned tables whose batches each touch one leaf partition: leaves with keys of their own, leaves that
// come and go, and leaves in different orders. A real server.
#include <future>

#include "support/run_job_fixture.h"

namespace pgfill::tests {
namespace {

class Leaves : public RunJob {
 protected:
  /// items(id, part, n) with a unique index on each leaf only, so that each leaf has the keys 1 to `rows`.
  void make_leaves(int leaves, int rows) {
    database_.execute(
        "CREATE TABLE items (id bigint NOT NULL, part int NOT NULL, n int NOT NULL DEFAULT 0) PARTITION BY LIST (part);"
        "CREATE TABLE audit (id bigint, part int);"
        "CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS "
        "'BEGIN IF new.n <> old.n THEN INSERT INTO audit VALUES (new.id, new.part); END IF; RETURN new; END';"
        "CREATE TRIGGER note AFTER UPDATE ON items FOR EACH ROW EXECUTE FUNCTION note()");
    for (int leaf = 1; leaf <= leaves; ++leaf) make_leaf(leaf, rows);
    database_.execute("ANALYZE items");
  }
  void make_leaf(int leaf, int rows) {
    make_table(leaf, rows);
    attach(leaf);
  }
  void make_table(int leaf, int rows) {
    const std::string name = "items_" + std::to_string(leaf);
    database_.execute("CREATE TABLE " + name + " (LIKE items INCLUDING DEFAULTS); CREATE UNIQUE INDEX ON " + name +
                      " (id); INSERT INTO " + name + " SELECT i, " + std::to_string(leaf) +
                      " FROM generate_series(1, " + std::to_string(rows) + ") i");
  }
  void attach(int leaf) {
    const std::string number = std::to_string(leaf);
    database_.execute("ALTER TABLE items ATTACH PARTITION items_" + number + " FOR VALUES IN (" + number + ")");
  }
  void detach(int leaf) { database_.execute("ALTER TABLE items DETACH PARTITION items_" + std::to_string(leaf)); }
  /// In the job's thread, once, when so many batches are done.
  void after_batches(int batches, std::function<void()> act) {
    watcher_.on_batch = [this, batches, act = std::move(act)] {
      if (watcher_.batches == batches) act();
    };
  }
  JobSpec one_worker() {
    JobSpec spec = counter_spec();
    spec.workers = 1;
    spec.batch.max_rows = 100;
    return spec;
  }
  void expect_once(int rows) {
    EXPECT_EQ(database_.integer("SELECT count(*) FROM items WHERE n <> 1"), 0);
    EXPECT_EQ(database_.integer("SELECT count(*) FROM items"), rows);
    expect_none_twice();
  }
  void expect_none_twice() {
    EXPECT_EQ(database_.integer("SELECT count(*) FROM (SELECT FROM audit GROUP BY id, part HAVING count(*) > 1) AS t"),
              0);
  }
  std::string events(const std::string& kind) {
    return database_.value("SELECT coalesce(string_agg(message, '; '), '') FROM pgfill.event WHERE kind = '" + kind +
                           "'");
  }
};

TEST_F(Leaves, NeedAUniqueIndexEachAndNoneOfTheirTable) {
  make_leaves(3, 700);
  const RunReport report = run(counter_spec());
  EXPECT_EQ(report.exit, ExitCode::done) << report.error.message;
  expect_once(2100);
  EXPECT_EQ(database_.integer("SELECT count(*) FROM pgfill.relation"), 3);
  EXPECT_EQ(database_.integer("SELECT sum(rows_changed) FROM pgfill.range"), 2100);
  EXPECT_NEAR(database_.integer("SELECT round(1000 * sum(share)) FROM pgfill.range"), 1000, 1);
}

TEST_F(Leaves, ABatchTouchesOneOfThem) {
  make_leaves(4, 300);
  database_.execute(
      "CREATE TABLE touched (leaves bigint);"
      "CREATE FUNCTION look() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN INSERT INTO touched SELECT count(DISTINCT "
      "l.relation) FROM pg_locks l JOIN pg_class c ON c.oid = l.relation WHERE l.pid = pg_backend_pid() "
      "AND c.relname LIKE ''items%'' AND c.relkind = ''r''; RETURN new; END';"
      "CREATE TRIGGER look AFTER UPDATE ON items FOR EACH ROW EXECUTE FUNCTION look()");
  EXPECT_EQ(run(counter_spec()).exit, ExitCode::done);
  EXPECT_EQ(database_.value("SELECT min(leaves) || ' ' || max(leaves) FROM touched"), "1 1");
  expect_once(1200);
}

TEST_F(Leaves, RowsOfOneKeyInTwoOfThemAreListedAndDoneEach) {
  make_leaves(3, 400);
  Database holder(scratch_.conninfo(), "holder");
  holder.execute("BEGIN; SELECT FROM items WHERE id IN (7, 300) AND part <> 2 FOR UPDATE");
  JobSpec spec = counter_spec();
  Control control;
  auto running = std::async(std::launch::async, [&] { return run_job(spec, settings_, {}, control, watcher_); });
  const auto listed = [&] {
    return database_.value(
        "SELECT coalesce(string_agg(format('%s:%s', relation_id, key[1]), ' ' ORDER BY 1), '') "
        "FROM (SELECT relation_id, key FROM pgfill.skipped ORDER BY 1, 2) AS s");
  };
  EXPECT_TRUE(eventually(std::chrono::seconds(30), [&] {
    return database_.value("SELECT to_regclass('pgfill.skipped') IS NOT NULL") == "t" &&
           database_.integer("SELECT count(*) FROM pgfill.skipped") == 4;
  })) << listed();
  EXPECT_EQ(listed(), "1:300 1:7 3:300 3:7");
  holder.execute("COMMIT");
  EXPECT_EQ(running.get().exit, ExitCode::done);
  expect_once(1200);
}

TEST_F(Leaves, ThatAreDetachedOrDroppedAreLeftAlone) {
  make_leaves(4, 1000);
  std::int64_t done_before = 0;
  after_batches(3, [&] {
    detach(1);  // under way
    done_before = database_.integer("SELECT sum(n) FROM items_1");
    detach(3);
    database_.execute("DROP TABLE items_4");
  });
  const RunReport report = run(one_worker());
  EXPECT_EQ(report.exit, ExitCode::done) << report.error.message;
  expect_once(1000);
  EXPECT_GT(done_before, 0);
  EXPECT_EQ(database_.integer("SELECT sum(n) FROM items_1"), done_before) << "what was committed stays, and no more";
  EXPECT_EQ(database_.integer("SELECT sum(n) FROM items_3"), 0);
  EXPECT_EQ(database_.integer("SELECT count(*) FROM pgfill.relation WHERE gone"), 3);
  EXPECT_NE(events("partition_gone").find("public.items_4"), std::string::npos) << events("partition_gone");
}

TEST_F(Leaves, ThatAreAttachedMeanwhileAreGoneOverToo) {
  make_leaves(2, 500);
  make_table(3, 500);
  after_batches(4, [this] { attach(3); });
  const RunReport report = run(one_worker());
  EXPECT_EQ(report.exit, ExitCode::done) << report.error.message;
  expect_once(1500);
  EXPECT_NE(events("partition_new").find("items_3"), std::string::npos);
}

TEST_F(Leaves, ThatAreAttachedWhenTheLastRangeIsDoneAreGoneOverToo) {
  make_leaves(2, 500);
  make_table(3, 500);
  after_batches(10, [this] { attach(3); });
  EXPECT_EQ(run(one_worker()).exit, ExitCode::done);
  expect_once(1500);
}

TEST_F(Leaves, ThatAreDetachedAndAttachedAgainGoOnWhereTheyWere) {
  make_leaves(3, 1000);
  watcher_.on_batch = [this] {
    if (watcher_.batches == 4) detach(1);
    if (watcher_.batches == 12) attach(1);
  };
  const RunReport report = run(one_worker());
  EXPECT_EQ(report.exit, ExitCode::done) << report.error.message;
  expect_once(3000);
  EXPECT_NE(events("partition_back").find("items_1"), std::string::npos);
}

TEST_F(Leaves, ThatAreRenamedGoOnUnderTheirNewNames) {
  make_leaves(2, 1000);
  after_batches(
      3, [this] { database_.execute("ALTER TABLE items_1 RENAME TO former; ALTER TABLE items_2 RENAME TO items_1"); });
  const RunReport report = run(one_worker());
  EXPECT_EQ(report.exit, ExitCode::done) << report.error.message;
  expect_once(2000);
}

TEST_F(Leaves, WithoutTheKeyOfTheJobStopIt) {
  make_leaves(2, 500);
  database_.execute("CREATE TABLE items_3 (LIKE items INCLUDING DEFAULTS)");
  after_batches(3, [this] { attach(3); });
  const RunReport report = run(one_worker());
  EXPECT_EQ(report.exit, ExitCode::stopped);
  EXPECT_NE(report.error.message.find("items_3"), std::string::npos) << report.error.message;
  watcher_.on_batch = nullptr;
  database_.execute("ALTER TABLE items_3 ALTER id SET NOT NULL; CREATE UNIQUE INDEX ON items_3 (id)");
  EXPECT_EQ(run(one_worker()).exit, ExitCode::done);
  expect_once(1000);
}

TEST_F(Leaves, BoundAtTheStartEndWhereTheTableDid) {
  make_leaves(2, 500);
  make_table(3, 600);
  JobSpec spec = one_worker();
  spec.bound = Bound::at_start;
  after_batches(3, [this] {
    database_.execute("INSERT INTO items SELECT i, 2 FROM generate_series(501, 700) i");
    attach(3);
  });
  EXPECT_EQ(run(spec).exit, ExitCode::done);
  EXPECT_EQ(database_.integer("SELECT count(*) FROM items WHERE n = 1"), 1500);
  EXPECT_EQ(database_.integer("SELECT count(*) FROM items WHERE n = 0 AND id <= 500"), 0);
}

TEST_F(Leaves, AreEachGoneOverInAnOrderOfTheirOwn) {
  database_.execute(
      "CREATE TABLE items (id uuid NOT NULL, part int NOT NULL, v int NOT NULL, n int, pad text) PARTITION BY LIST "
      "(part);"
      "CREATE TABLE items_1 PARTITION OF items (PRIMARY KEY (id)) FOR VALUES IN (1);"
      "CREATE TABLE items_2 PARTITION OF items (PRIMARY KEY (id)) FOR VALUES IN (2);"
      "INSERT INTO items SELECT gen_random_uuid(), 1, i, NULL, repeat('x', 500) FROM generate_series(1, 20000) i;"
      "INSERT INTO items SELECT gen_random_uuid(), 2, i, NULL, '' FROM generate_series(1, 1000) i; ANALYZE items");
  JobSpec spec = counter_spec();
  spec.set() = {{"n", "v"}};
  spec.where = "n IS NULL";
  EXPECT_EQ(run(spec).exit, ExitCode::done);
  EXPECT_EQ(database_.value("SELECT string_agg(format('%s %s', table_name, by_position), ', ' ORDER BY table_name) "
                            "FROM pgfill.relation"),
            "items_1 t, items_2 f");
  EXPECT_EQ(database_.integer("SELECT count(*) FROM items WHERE n IS DISTINCT FROM v"), 0);
}

TEST_F(Leaves, AThousandAndOneAreGoneOverWithoutLeavingStatementsBehind) {
  database_.execute(
      "CREATE TABLE items (id bigint, part int, n int NOT NULL DEFAULT 0, PRIMARY KEY (id, part)) "
      "PARTITION BY LIST (part);"
      "DO $$ BEGIN FOR i IN 1..1000 LOOP EXECUTE format('CREATE TABLE items_%s PARTITION OF items FOR VALUES IN (%s)', "
      "i, i); "
      "END LOOP; END $$; CREATE TABLE items_default PARTITION OF items DEFAULT;"
      "INSERT INTO items SELECT i, i % 1101 FROM generate_series(1, 5000) i; ANALYZE items;"
      "CREATE TABLE prepared (statements bigint);"
      "CREATE FUNCTION look() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN IF old.id % 10 = 0 THEN "
      "INSERT INTO prepared SELECT count(*) FROM pg_prepared_statements; END IF; RETURN new; END';"
      "CREATE TRIGGER look AFTER UPDATE ON items FOR EACH ROW EXECUTE FUNCTION look()");
  JobSpec spec = counter_spec();
  spec.where = "n = 0";
  const RunReport report = run(spec);
  EXPECT_EQ(report.exit, ExitCode::done) << report.error.message;
  EXPECT_EQ(database_.integer("SELECT count(*) FROM pgfill.relation"), 1001);
  EXPECT_EQ(database_.integer("SELECT count(*) FROM items WHERE n <> 1"), 0);
  EXPECT_EQ(database_.integer("SELECT sum(rows_changed) FROM pgfill.range"), 5000);
  EXPECT_LT(database_.integer("SELECT max(statements) FROM prepared"), 50);
}

TEST_F(Leaves, RowsAreDeletedFromEach) {
  make_leaves(3, 400);
  database_.execute(
      "CREATE TABLE items_4 (LIKE items); CREATE UNIQUE INDEX ON items_4 (id);"
      "INSERT INTO items_4 SELECT i, 4, 0 FROM generate_series(1, 300) i");
  JobSpec spec = one_worker();
  spec.kind = Delete{};
  spec.where = "id <= 300";
  after_batches(3, [this] { attach(4); });
  const RunReport report = run(spec);
  EXPECT_EQ(report.exit, ExitCode::done) << report.error.message;
  EXPECT_EQ(database_.value("SELECT count(*) || ' ' || min(id) FROM items"), "300 301");
}

}  // namespace
}  // namespace pgfill::tests
