// A job in physical order on a real server: each row once, wherever the application and the job itself move rows
// meanwhile, whatever row is bad or held, and when the table is written anew.
#include <algorithm>
#include <thread>

#include "support/run_job_fixture.h"

namespace pgfill::tests {
namespace {

class PhysicalOrder : public RunJob {
 protected:
  ~PhysicalOrder() override {
    EXPECT_EQ(database_.integer("SELECT count(*) FROM pgfill.relation WHERE NOT by_position"), 0) << "by key";
  }
  /// Keys at random over the heap; `filled` is what the job sets, and `n` counts how often.
  void make_random_items(int rows, int fillfactor = 100) {
    make_items(0);
    database_.execute(
        "ALTER TABLE items ADD filled int; DROP TRIGGER note ON items;"
        "CREATE TRIGGER note AFTER UPDATE OF filled ON items FOR EACH ROW EXECUTE FUNCTION note();"
        "CREATE OR REPLACE FUNCTION once_more() RETURNS trigger LANGUAGE plpgsql AS "
        "'BEGIN new.n := old.n + 1; RETURN new; END';"
        "CREATE TRIGGER once_more BEFORE UPDATE OF filled ON items FOR EACH ROW EXECUTE FUNCTION once_more();"
        "ALTER TABLE items SET (autovacuum_enabled = off, fillfactor = " +
        std::to_string(fillfactor) + "); INSERT INTO items SELECT i FROM generate_series(1, " + std::to_string(rows) +
        ") i ORDER BY md5(i::text); ANALYZE items");
  }
  JobSpec physical_spec() {
    JobSpec spec = counter_spec();
    spec.set() = {{"filled", "id % 1000"}};
    spec.where = "filled IS NULL";
    spec.order = Order::physical;
    spec.workers = 2;
    return spec;
  }
  /// After the batch of this number, by another session.
  void once_it_runs(const std::string& sql, int batch = 1) {
    watcher_.on_batch = [this, sql, batch] {
      if (watcher_.batches != batch) return;
      std::thread([&] { Database(scratch_.conninfo(), "application").execute(sql); }).join();
    };
  }
  std::string bounds() {
    return database_.value("SELECT string_agg(lower_key[1], ' ' ORDER BY range_id) FROM pgfill.range");
  }
  std::int64_t told(const std::string& kind) {
    return database_.integer("SELECT count(*) FROM pgfill.event WHERE kind = '" + kind + "'");
  }
};

TEST_F(PhysicalOrder, IsTakenWhereKeysAreRandomAndPlanSaysSo) {
  make_random_items(120'000);
  database_.execute("DROP TRIGGER note ON items; DROP TRIGGER once_more ON items");
  JobSpec spec = physical_spec();
  spec.order = Order::automatic;
  const Result<Plan> plan = plan_job(spec, settings_);
  ASSERT_TRUE(plan);
  EXPECT_EQ(plan->order, Order::physical) << plan->order_reason;
  EXPECT_NE(plan->explain.find("Tid Range Scan"), std::string::npos) << plan->explain;
  EXPECT_EQ(run(spec).exit, ExitCode::done);
  EXPECT_EQ(database_.integer("SELECT count(*) FROM items WHERE filled = id % 1000"), 120'000);
  EXPECT_EQ(database_.integer("SELECT sum(rows_changed) FROM pgfill.range"), 120'000);
  EXPECT_NE(bounds().find(",0)"), std::string::npos) << bounds();
}

TEST_F(PhysicalOrder, ChangesEveryRowOnceThoughMostMoveToTheEnd) {
  make_random_items(30'000);
  EXPECT_EQ(run(physical_spec()).exit, ExitCode::done);
  expect_each_row_once(30'000);
}

/// It would move ahead of the cursor and meet the condition again.
TEST_F(PhysicalOrder, ARowWhoseNewValueIsNullIsLeftAlone) {
  make_random_items(10'000);
  database_.execute("ALTER TABLE items ADD old int; UPDATE items SET old = 1 WHERE id % 5 > 0");
  JobSpec spec = physical_spec();
  spec.set() = {{"filled", "abs(old)"}};
  once_it_runs("INSERT INTO items (id, old) VALUES (-1, 7), (-2, NULL)");
  EXPECT_EQ(run(spec).exit, ExitCode::done);
  EXPECT_EQ(database_.integer("SELECT count(*) FROM items WHERE filled IS DISTINCT FROM old"), 0);
  EXPECT_EQ(database_.integer("SELECT count(*) FROM audit"), 8'001);
  EXPECT_EQ(database_.integer("SELECT max(n) FROM items"), 1);
}

/// They bear the transaction of a batch then, and are not done.
TEST_F(PhysicalOrder, RowsThatATriggerOfTheJobWritesAreDone) {
  make_random_items(20'000);
  database_.execute("DELETE FROM items WHERE ctid < '(60,0)'");
  database_.execute("VACUUM items");  // there is room behind the cursors
  database_.execute(
      "CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS "
      "'BEGIN UPDATE items SET pad = ''touched'' WHERE id = 20001 - new.id; RETURN NULL; END';"
      "CREATE TRIGGER touch AFTER UPDATE OF filled ON items FOR EACH ROW EXECUTE FUNCTION touch()");
  const std::int64_t left = database_.integer("SELECT count(*) FROM items");
  JobSpec spec = physical_spec();
  spec.workers = 1;
  spec.assume = {{"public", "touch", Assumption::Effect::harmless}};  // else the job would go by the key
  EXPECT_EQ(run(spec).exit, ExitCode::done);
  EXPECT_EQ(database_.integer("SELECT count(*) FROM items WHERE n = 1 AND filled IS NOT NULL"), left);
  EXPECT_EQ(database_.integer("SELECT count(*) FROM audit"), left);
}

/// For ever, if it went on until no page is added.
TEST_F(PhysicalOrder, AJobEndsThoughATriggerKeepsItsValuesNull) {
  make_random_items(5'000);
  database_.execute(
      "CREATE FUNCTION keep() RETURNS trigger LANGUAGE plpgsql AS "
      "'BEGIN IF new.id % 5 = 0 THEN new.filled := NULL; END IF; RETURN new; END';"
      "CREATE TRIGGER keep BEFORE UPDATE OF filled ON items FOR EACH ROW EXECUTE FUNCTION keep()");
  JobSpec spec = physical_spec();
  spec.workers = 1;  // a second one is at the end before there is anything
  Control control;
  watcher_.on_batch = [&] {
    if (watcher_.batches > 1'000) control.stop();
  };
  EXPECT_EQ(run_job(spec, settings_, {}, control, watcher_).exit, ExitCode::done);
  EXPECT_EQ(database_.integer("SELECT count(*) FROM items WHERE n = 1 AND filled IS NOT NULL"), 4'000);
  EXPECT_EQ(database_.integer("SELECT count(*) FROM pgfill.event WHERE message LIKE '%see triggers%'"), 1);
}

/// More than one look takes: then it never finds the same ones twice in a row.
TEST_F(PhysicalOrder, AJobWhoseRowsMeetTheConditionAgainAndAgainStops) {
  make_random_items(30'000);
  database_.execute(
      "CREATE FUNCTION keep() RETURNS trigger LANGUAGE plpgsql AS "
      "'BEGIN IF new.id % 10 > 0 THEN new.filled := NULL; END IF; RETURN new; END';"
      "CREATE TRIGGER keep BEFORE UPDATE OF filled ON items FOR EACH ROW EXECUTE FUNCTION keep()");
  const RunReport report = run(physical_spec());
  EXPECT_EQ(report.exit, ExitCode::stopped);
  EXPECT_NE(report.error.message.find("again each time they are done"), std::string::npos) << report.error.message;
  EXPECT_EQ(database_.value("SELECT state FROM pgfill.job"), "failed");
}

TEST_F(PhysicalOrder, GoesOnWhereItWasStoppedInEachOfItsPasses) {
  for (const Stripes stripes : {Stripes::off, Stripes::on}) {
    database_.execute("DROP TABLE IF EXISTS items, audit; DROP FUNCTION IF EXISTS note");
    make_random_items(20'000, 80);
    JobSpec spec = physical_spec();
    spec.job = stripes == Stripes::on ? "striped" : "plain";
    spec.stripes = stripes;
    spec.batch.max_rows = spec.batch.min_rows = 100;
    for (const int batches : {30, 50, 70}) {
      Control control;
      watcher_.batches = 0;
      watcher_.on_batch = [&] {
        if (watcher_.batches >= batches) control.stop();
      };
      ASSERT_EQ(run_job(spec, settings_, {}, control, watcher_).exit, ExitCode::interrupted);
    }
    watcher_.on_batch = nullptr;
    EXPECT_EQ(run(spec).exit, ExitCode::done);
    EXPECT_EQ(database_.integer("SELECT count(*) FROM items WHERE n = 1"), 20'000) << spec.job;
    EXPECT_EQ(database_.integer("SELECT count(*) FROM audit"), 20'000) << spec.job;
  }
}

TEST_F(PhysicalOrder, RowsThatTheApplicationMovesBehindTheCursorAreFound) {
  make_random_items(20'000);
  // Room on the first pages, which the cursor has passed.
  database_.execute("DELETE FROM items WHERE ctid < '(40,0)'");
  database_.execute("VACUUM items");
  const std::int64_t left = database_.integer("SELECT count(*) FROM items");
  JobSpec spec = physical_spec();
  spec.workers = 1;
  spec.batch.max_rows = spec.batch.min_rows = 200;
  once_it_runs("UPDATE items SET pad = pad || 'theirs' WHERE filled IS NULL AND id % 10 = 0", 30);
  EXPECT_EQ(run(spec).exit, ExitCode::done);
  EXPECT_GT(database_.integer("SELECT count(*) FROM pgfill.event WHERE message LIKE 'found % left behind%'"), 0);
  EXPECT_EQ(database_.integer("SELECT count(*) FROM items WHERE n = 1 AND filled IS NOT NULL"), left);
  EXPECT_EQ(database_.integer("SELECT count(*) FROM audit"), left);
}

TEST_F(PhysicalOrder, RowsInsertedMeanwhileAreDone) {
  make_random_items(20'000);
  once_it_runs("INSERT INTO items SELECT i FROM generate_series(100001, 130000) i");
  EXPECT_EQ(run(physical_spec()).exit, ExitCode::done);
  expect_each_row_once(50'000);
}

TEST_F(PhysicalOrder, BadRowsAreNamedByTheirKeyAndSetAside) {
  make_random_items(5'000);
  database_.execute("UPDATE items SET pad = CASE WHEN id IN (17, 4711) THEN 'no number' ELSE '7' END");
  JobSpec spec = physical_spec();
  spec.set() = {{"filled", "pad::int"}};
  const RunReport stopped = run(spec);
  EXPECT_EQ(stopped.exit, ExitCode::stopped) << stopped.error.message;
  EXPECT_NE(stopped.error.message.find("(id) = ("), std::string::npos) << stopped.error.message;
  spec.bad_rows.action = BadRows::Action::quarantine;
  EXPECT_NE(run(spec).exit, ExitCode::done);
  EXPECT_EQ(database_.value("SELECT array_agg(key[1]::int ORDER BY key[1]::int) FROM pgfill.skipped"), "{17,4711}");
  EXPECT_EQ(database_.integer("SELECT count(*) FROM items WHERE n = 1"), 4'998);
  database_.execute("UPDATE items SET pad = '7' WHERE n = 0");
  EXPECT_EQ(run(spec).exit, ExitCode::done);
  expect_each_row_once(5'000);
}

TEST_F(PhysicalOrder, RowsThatOthersHoldAreDoneWhenTheyAreFree) {
  make_random_items(10'000);
  Database holder(scratch_.conninfo(), "application");
  holder.execute("BEGIN; UPDATE items SET pad = 'theirs' WHERE id % 100 = 0");
  bool held = true;
  watcher_.on_batch = [&] {
    if (held && watcher_.batches > 20) holder.execute("COMMIT");
    held = held && watcher_.batches <= 20;
  };
  JobSpec spec = physical_spec();
  spec.batch.max_rows = 200;
  EXPECT_EQ(run(spec).exit, ExitCode::done);
  expect_each_row_once(10'000);
  EXPECT_EQ(database_.integer("SELECT count(*) FROM items WHERE pad = 'theirs'"), 100);
}

TEST_F(PhysicalOrder, RangesBeginAnewInATableThatWasWrittenAnew) {
  make_random_items(20'000);
  JobSpec spec = physical_spec();
  spec.batch.max_rows = spec.batch.min_rows = 200;
  // What was not done comes to lie first, where the cursors have been.
  once_it_runs("CREATE INDEX undone ON items (n, id); CLUSTER items USING undone; DROP INDEX undone", 40);
  const RunReport report = run(spec);
  EXPECT_EQ(report.exit, ExitCode::done) << report.error.message;
  EXPECT_GT(told("file_replaced"), 0);
  expect_each_row_once(20'000);
}

TEST_F(PhysicalOrder, AlsoWhenThatHappenedBetweenTwoRuns) {
  make_random_items(20'000);
  JobSpec spec = physical_spec();
  spec.batch.max_rows = spec.batch.min_rows = 200;
  Control control;
  watcher_.on_batch = [&] {
    if (watcher_.batches >= 40) control.stop();
  };
  ASSERT_EQ(run_job(spec, settings_, {}, control, watcher_).exit, ExitCode::interrupted);
  watcher_.on_batch = nullptr;
  database_.execute("VACUUM FULL items");
  EXPECT_EQ(run(spec).exit, ExitCode::done);
  EXPECT_GT(told("file_replaced"), 0);
  expect_each_row_once(20'000);
}

/// No row is to blame, and none is at the end of the slice.
TEST_F(PhysicalOrder, AStatementThatFailsWithoutARowEndsTheJob) {
  make_random_items(2'000);
  database_.execute(
      "DELETE FROM items WHERE ctid < '(5,0)'; CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS "
      "$$BEGIN RAISE EXCEPTION 'not today' USING ERRCODE = 'check_violation'; END$$;"
      "CREATE TRIGGER refuse BEFORE UPDATE OF filled ON items FOR EACH STATEMENT EXECUTE FUNCTION refuse()");
  JobSpec spec = physical_spec();
  spec.workers = 1;
  const RunReport report = run(spec);
  EXPECT_EQ(report.exit, ExitCode::stopped);
  EXPECT_NE(report.error.message.find("not today"), std::string::npos) << report.error.message;
}

TEST_F(PhysicalOrder, AnEmptyTableAndOneOfOneRowAreDone) {
  for (const int rows : {0, 1}) {
    database_.execute("DROP TABLE IF EXISTS items, audit; DROP FUNCTION IF EXISTS note");
    make_random_items(rows);
    JobSpec spec = physical_spec();
    spec.job = "of_" + std::to_string(rows);
    EXPECT_EQ(run(spec).exit, ExitCode::done);
    EXPECT_EQ(database_.integer("SELECT count(*) FROM items WHERE n = 1"), rows);
  }
}

TEST_F(PhysicalOrder, StripesKeepATableOfRandomKeysFromGrowing) {
  make_random_items(60'000);
  database_.execute("VACUUM FREEZE items");
  const auto before = static_cast<double>(database_.integer("SELECT pg_relation_size('items')"));
  JobSpec spec = physical_spec();
  spec.stripes = Stripes::on;
  EXPECT_EQ(run(spec).exit, ExitCode::done);
  expect_each_row_once(60'000);
  EXPECT_LT(static_cast<double>(database_.integer("SELECT pg_relation_size('items')")) / before, 1.5);
}

}  // namespace
}  // namespace pgfill::tests
