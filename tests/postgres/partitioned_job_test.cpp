// Jobs on partitioned tables: each row once, also while rows move between partitions and partitions
// are attached.
#include <atomic>
#include <future>
#include <thread>

#include "support/run_job_fixture.h"

namespace pgfill::tests {
namespace {

class PartitionedJob : public RunJob {
 protected:
  /// items(id, region, n) with `audit` of every raise; `partitions` declares them.
  void make_partitioned(const std::string& by, const std::string& partitions, int rows) {
    database_.execute(
        "CREATE TABLE items (id int, region text, n int NOT NULL DEFAULT 0, pad text DEFAULT repeat('x', 40), "
        "PRIMARY KEY (id, region)) PARTITION BY " +
        by + ";" + partitions +
        "; CREATE TABLE audit (id int);"
        "CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS "
        "'BEGIN IF new.n <> old.n THEN INSERT INTO audit VALUES (new.id); END IF; RETURN new; END';"
        "CREATE TRIGGER note AFTER UPDATE ON items FOR EACH ROW EXECUTE FUNCTION note();"
        "INSERT INTO items SELECT i, chr(97 + i % 4) FROM generate_series(1, " +
        std::to_string(rows) + ") i; ANALYZE items");
    // Enough rows, as the planner believes, for several ranges.
    database_.execute(
        "UPDATE pg_class SET reltuples = reltuples * 40 WHERE relname LIKE 'items\\_%' AND relkind = 'r'");
  }
  void expect_once(int rows) {
    EXPECT_EQ(database_.integer("SELECT count(*) FROM items WHERE n <> 1"), 0);
    EXPECT_EQ(database_.integer("SELECT count(*) FROM items"), rows);
    EXPECT_EQ(database_.integer("SELECT count(*) FROM audit"), rows);
    EXPECT_EQ(database_.integer("SELECT count(DISTINCT id) FROM audit"), rows);
  }

  static constexpr const char* list_partitions =
      "CREATE TABLE items_a PARTITION OF items FOR VALUES IN ('a');"
      "CREATE TABLE items_b PARTITION OF items FOR VALUES IN ('b');"
      "CREATE TABLE items_c PARTITION OF items FOR VALUES IN ('c', 'd') PARTITION BY RANGE (id);"
      "CREATE TABLE items_c1 PARTITION OF items_c FOR VALUES FROM (MINVALUE) TO (3000);"
      "CREATE TABLE items_c2 PARTITION OF items_c FOR VALUES FROM (3000) TO (MAXVALUE)";
};

TEST_F(PartitionedJob, ChangesEachRowOfListPartitionsAndSubPartitionsOnce) {
  make_partitioned("LIST (region)", list_partitions, 8000);
  const RunReport report = run(counter_spec());
  EXPECT_EQ(report.exit, ExitCode::done) << report.error.message;
  EXPECT_GT(database_.integer("SELECT count(*) FROM pgfill.range"), 3);
  expect_once(8000);
}

TEST_F(PartitionedJob, ChangesEachRowOfRangePartitionsOnceAcrossAStop) {
  make_partitioned("RANGE (id)",
                   "CREATE TABLE items_1 PARTITION OF items FOR VALUES FROM (MINVALUE) TO (2000);"
                   "CREATE TABLE items_2 PARTITION OF items FOR VALUES FROM (2000) TO (5000);"
                   "CREATE TABLE items_3 PARTITION OF items DEFAULT",
                   8000);
  Control control;
  watcher_.on_batch = [&] {
    if (watcher_.batches == 6) control.stop();
  };
  EXPECT_EQ(run_job(counter_spec(), settings_, {}, control, watcher_).exit, ExitCode::interrupted);
  watcher_.on_batch = nullptr;
  EXPECT_EQ(run(counter_spec()).exit, ExitCode::done);
  expect_once(8000);
}

TEST_F(PartitionedJob, ChangesEachRowOfHashPartitionsOnce) {
  make_partitioned("HASH (id)",
                   "CREATE TABLE items_0 PARTITION OF items FOR VALUES WITH (MODULUS 3, REMAINDER 0);"
                   "CREATE TABLE items_1 PARTITION OF items FOR VALUES WITH (MODULUS 3, REMAINDER 1);"
                   "CREATE TABLE items_2 PARTITION OF items FOR VALUES WITH (MODULUS 3, REMAINDER 2)",
                   8000);
  EXPECT_EQ(run(counter_spec()).exit, ExitCode::done);
  expect_once(8000);
}

TEST_F(PartitionedJob, ARowThatMovesUnderABatchIsTriedAgainAndChangedOnce) {
  make_partitioned("LIST (region)", list_partitions, 8000);
  std::atomic<bool> ended = false;
  std::thread application([&] {
    Database mover(scratch_.conninfo(), "application");
    // Until it was committed in time, while a batch still waited for the row: the batch is told that the row has moved.
    while (!ended && watcher_.failures == 0) {
      mover.execute(
          "BEGIN; UPDATE items SET region = 'a' WHERE region = 'b' AND id = "
          "(SELECT id FROM items WHERE region = 'b' AND n = 0 ORDER BY id OFFSET 10 LIMIT 1)");
      eventually(std::chrono::seconds(1), [&] {
        return ended ||
               mover.integer("SELECT count(*) FROM pg_locks WHERE NOT granted AND locktype = 'transactionid'") > 0;
      });
      mover.execute("COMMIT");
    }
  });
  JobSpec spec = counter_spec();
  spec.where = "n = 0";  // tells at the end which of the moved rows are not done
  spec.batch.max_rows = 50;
  const RunReport report = run(spec);
  ended = true;
  application.join();
  EXPECT_EQ(report.exit, ExitCode::done) << report.error.message;
  EXPECT_GT(watcher_.failures, 0);
  EXPECT_GT(database_.integer("SELECT count(*) FROM items WHERE region = 'a'"), 2000) << "no row has moved";
  expect_once(8000);
}

TEST_F(PartitionedJob, RowsThatMoveToAndFroAreChangedOnceUnderACondition) {
  make_partitioned("LIST (region)", list_partitions, 8000);
  std::atomic<bool> ended = false;
  std::atomic<int> moves = 0;
  std::thread application([&] {
    Database mover(scratch_.conninfo(), "application");
    while (!ended) {
      const std::string id = std::to_string(1 + moves * 37 % 8000);
      try {
        mover.execute(
            "UPDATE items SET region = CASE region WHEN 'a' THEN 'd' WHEN 'd' THEN 'a' WHEN 'b' THEN 'c' "
            "ELSE 'b' END WHERE id = " +
            id);
        ++moves;
      } catch (const postgres::Failure& failure) {
        if (failure.sqlstate() != "40001" && failure.sqlstate() != "40P01") throw;
      }
    }
  });
  JobSpec spec = counter_spec();
  spec.where = "n = 0";
  spec.batch.max_rows = 100;
  const RunReport report = run(spec);
  ended = true;
  application.join();
  EXPECT_EQ(report.exit, ExitCode::done) << report.error.message;
  EXPECT_GT(moves, 20);
  expect_once(8000);
}

TEST_F(PartitionedJob, APartitionAttachedAheadOfTheCursorIsFilledToo) {
  make_partitioned("LIST (region)", list_partitions, 4000);
  database_.execute(
      "CREATE TABLE late (LIKE items INCLUDING ALL); INSERT INTO late SELECT i, 'z' FROM "
      "generate_series(900001, 900500) i");
  std::atomic<bool> attached = false;
  watcher_.on_batch = [&] {
    if (watcher_.batches == 3) {
      database_.execute("ALTER TABLE items ATTACH PARTITION late FOR VALUES IN ('z')");
      attached = true;
    }
  };
  EXPECT_EQ(run(counter_spec()).exit, ExitCode::done);
  EXPECT_TRUE(attached);
  expect_once(4500);
}

TEST_F(PartitionedJob, APartitionAttachedBehindTheCursorIsFoundAtTheEndWhenTheConditionTells) {
  make_partitioned("LIST (region)", list_partitions, 4000);
  database_.execute(
      "CREATE TABLE late (LIKE items INCLUDING ALL); INSERT INTO late SELECT i, 'z' FROM generate_series(-500, -1) i");
  JobSpec spec = counter_spec();
  spec.where = "n = 0";
  spec.workers = 1;
  watcher_.on_batch = [&] {
    if (watcher_.batches == 3) database_.execute("ALTER TABLE items ATTACH PARTITION late FOR VALUES IN ('z')");
  };
  EXPECT_EQ(run(spec).exit, ExitCode::done);
  EXPECT_EQ(database_.integer("SELECT count(*) FROM items WHERE n <> 1"), 0);
  EXPECT_EQ(database_.integer("SELECT count(*) FROM items"), 4500);
}

TEST_F(PartitionedJob, APartitionWhoseAttachingIsNotCommittedIsWaitedFor) {
  make_partitioned("RANGE (id)", "CREATE TABLE items_1 PARTITION OF items FOR VALUES FROM (0) TO (9000)", 8000);
  database_.execute(
      "CREATE TABLE items_0 (LIKE items INCLUDING ALL); INSERT INTO items_0 SELECT -i, 'a' FROM generate_series(1, "
      "100) i");
  Database migration(scratch_.conninfo(), "migration");
  migration.execute("BEGIN; ALTER TABLE items ATTACH PARTITION items_0 FOR VALUES FROM (-1000) TO (0)");
  JobSpec spec = counter_spec();
  spec.where = "n = 0";
  Control control;
  auto running = std::async(std::launch::async, [&] { return run_job(spec, settings_, {}, control, watcher_); });
  const auto waiting_for = [&] {
    const Result<JobStatus> status = job_status(settings_, "counter");
    return status ? status->waiting_for : status.error().message;
  };
  EXPECT_TRUE(eventually(std::chrono::seconds(30), [&] {
    return waiting_for().find("migration") != std::string::npos;
  })) << waiting_for();
  migration.execute("COMMIT");
  EXPECT_EQ(running.get().exit, ExitCode::done);
  expect_once(8100);
}

}  // namespace
}  // namespace pgfill::tests
