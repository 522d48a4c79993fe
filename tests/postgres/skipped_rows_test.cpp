// Rows that batches go around: held by others, bad, or left behind the cursors. A real server.
#include <future>

#include "pgfill/repair.h"
#include "support/run_job_fixture.h"

namespace pgfill::tests {
namespace {

using namespace std::chrono_literals;

class SkippedRows : public RunJob {
 protected:
  std::future<RunReport> start(const JobSpec& spec) {
    return std::async(std::launch::async, [this, spec] { return run(spec); });
  }
  std::int64_t listed(const std::string& state) {
    return database_.integer("SELECT count(*) FROM pgfill.skipped WHERE state = '" + state + "'");
  }
  /// False when the job ends without having said so.
  bool waits_for(const std::future<RunReport>& running, const std::string& what) {
    bool said = false;
    eventually(30s, [&] {
      said = said || waiting_for().find(what) != std::string::npos;
      return said || running.wait_for(0s) == std::future_status::ready;
    });
    return said;
  }
  /// Each update of a row takes this many seconds.
  void slow_down(const std::string& seconds) {
    database_.execute(
        "CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS "
        "'BEGIN PERFORM pg_sleep(" +
        seconds +
        "); RETURN new; END';"
        "CREATE TRIGGER slow BEFORE UPDATE OF n ON items FOR EACH ROW EXECUTE FUNCTION slow()");
  }
  std::string waiting_for() {
    const Result<JobStatus> status = job_status(settings_, "counter");
    return status ? status->waiting_for : status.error().message;
  }
};

TEST_F(SkippedRows, HeldByOthersAreDeferredAndDoneWhenTheyAreFree) {
  make_items(20000);
  Database holder(scratch_.conninfo(), "slow application");
  holder.execute("BEGIN; UPDATE items SET pad = 'held' WHERE id IN (100, 7000, 19999)");
  auto running = start(counter_spec());
  ASSERT_TRUE(waits_for(running, "waiting for 3 rows")) << waiting_for();
  EXPECT_NE(waiting_for().find("slow application"), std::string::npos) << waiting_for();
  EXPECT_EQ(database_.integer("SELECT count(*) FROM items WHERE n = 1"), 19997);
  EXPECT_EQ(listed("deferred"), 3);
  EXPECT_NE(database_.value("SELECT state FROM pgfill.job"), "done");
  holder.execute("COMMIT");
  const RunReport report = running.get();
  EXPECT_EQ(report.exit, ExitCode::done) << report.error.message;
  EXPECT_EQ(database_.value("SELECT pad FROM items WHERE id = 7000"), "held");
  EXPECT_EQ(listed("deferred"), 0);
  expect_each_row_once(20000);
}

TEST_F(SkippedRows, WhoHasOnlyLockedThemIsNamedToo) {
  make_items(2000);
  Database holder(scratch_.conninfo(), "cautious application");
  holder.execute("BEGIN; SELECT FROM items WHERE id = 100 FOR UPDATE");
  auto running = start(counter_spec());
  EXPECT_TRUE(waits_for(running, "cautious application")) << waiting_for();
  holder.execute("COMMIT");
  EXPECT_EQ(running.get().exit, ExitCode::done);
}

TEST_F(SkippedRows, APreparedTransactionThatHoldsThemIsNamedByItsIdentifier) {
  make_items(2000);
  Database holder(scratch_.conninfo());
  holder.execute("BEGIN; UPDATE items SET pad = 'held' WHERE id = 100");
  holder.execute("PREPARE TRANSACTION 'order-17'");
  auto running = start(counter_spec());
  EXPECT_TRUE(waits_for(running, "perhaps by prepared transaction 'order-17' (for")) << waiting_for();
  holder.execute("COMMIT PREPARED 'order-17'");
  EXPECT_EQ(running.get().exit, ExitCode::done);
}

TEST_F(SkippedRows, ABatchWhoseRowsAreAllHeldIsNotTheEndOfItsRange) {
  make_items(3000);
  Database holder(scratch_.conninfo());
  holder.execute("BEGIN; SELECT FROM items WHERE id <= 200 FOR UPDATE");
  JobSpec spec = counter_spec();
  spec.batch.min_rows = spec.batch.max_rows = 100;
  auto running = start(spec);
  EXPECT_TRUE(waits_for(running, "waiting for 200 rows")) << waiting_for();
  holder.execute("COMMIT");
  EXPECT_EQ(running.get().exit, ExitCode::done);
  expect_each_row_once(3000);
}

TEST_F(SkippedRows, DeferredOnesSurviveAStopAndAreDoneByTheNextRun) {
  make_items(3000);
  Database holder(scratch_.conninfo());
  holder.execute("BEGIN; SELECT FROM items WHERE id <= 300 FOR UPDATE");
  Control control;
  auto running =
      std::async(std::launch::async, [&] { return run_job(counter_spec(), settings_, {}, control, watcher_); });
  ASSERT_TRUE(waits_for(running, "waiting for 300 rows"));
  control.stop();
  EXPECT_EQ(running.get().exit, ExitCode::interrupted);
  EXPECT_EQ(listed("deferred"), 300);
  holder.execute("ROLLBACK");
  EXPECT_EQ(run(counter_spec()).exit, ExitCode::done);
  expect_each_row_once(3000);
}

TEST_F(SkippedRows, DeferredOnesThatAreSlowToUpdateAreTakenInSmallerPortions) {
  make_items(1000);
  slow_down("0.003");
  Database holder(scratch_.conninfo());
  holder.execute("BEGIN; SELECT FROM items WHERE id <= 400 FOR UPDATE");
  Control control;
  auto running =
      std::async(std::launch::async, [&] { return run_job(counter_spec(), settings_, {}, control, watcher_); });
  EXPECT_TRUE(waits_for(running, "waiting for 400 rows")) << waiting_for();
  holder.execute("COMMIT");
  EXPECT_EQ(running.wait_for(20s), std::future_status::ready) << waiting_for();
  control.stop();
  EXPECT_EQ(running.get().exit, ExitCode::done);
  expect_each_row_once(1000);
}

TEST_F(SkippedRows, ADeferredRowMayTakeAsLongAsOneOfABatchAndIsNotSaidToBeHeldMeanwhile) {
  make_items(1000);
  slow_down("CASE WHEN new.id = 7 THEN 4 ELSE 0 END");
  Database holder(scratch_.conninfo());
  holder.execute("BEGIN; SELECT FROM items WHERE id = 7 FOR UPDATE");
  Control control;
  auto running =
      std::async(std::launch::async, [&] { return run_job(counter_spec(), settings_, {}, control, watcher_); });
  EXPECT_TRUE(waits_for(running, "waiting for 1 row")) << waiting_for();
  holder.execute("COMMIT");
  EXPECT_TRUE(eventually(5s, [&] { return waiting_for().empty(); })) << waiting_for();
  EXPECT_EQ(running.wait_for(0s), std::future_status::timeout);
  EXPECT_EQ(running.wait_for(20s), std::future_status::ready) << waiting_for();
  control.stop();
  EXPECT_EQ(running.get().exit, ExitCode::done);
  expect_each_row_once(1000);
}

TEST_F(SkippedRows, ADeferredRowThatIsDeletedMeanwhileIsForgotten) {
  make_items(3000);
  Database holder(scratch_.conninfo());
  holder.execute("BEGIN; DELETE FROM items WHERE id = 1500");
  auto running = start(counter_spec());
  ASSERT_TRUE(waits_for(running, "waiting for 1 row"));
  holder.execute("COMMIT");
  EXPECT_EQ(running.get().exit, ExitCode::done);
  expect_each_row_once(2999);
}

TEST_F(SkippedRows, ARowThatAForeignKeyCheckHoldsIsDeferredWhenItsUniqueColumnIsSet) {
  make_items(3000);
  database_.execute("ALTER TABLE items ADD COLUMN code bigint UNIQUE");
  Database holder(scratch_.conninfo());
  holder.execute("BEGIN; SELECT FROM items WHERE id = 1500 FOR KEY SHARE");
  JobSpec spec = counter_spec();
  spec.set() = {{"n", "n + 1"}, {"code", "id"}};
  auto running = start(spec);
  ASSERT_TRUE(eventually(30s, [&] { return waiting_for().find("waiting for 1 row") != std::string::npos; }))
      << waiting_for();
  holder.execute("COMMIT");
  EXPECT_EQ(running.get().exit, ExitCode::done);
  expect_each_row_once(3000);
}

TEST_F(SkippedRows, ABadRowIsFoundByHalvingAndNamed) {
  make_items(3000);
  database_.execute("ALTER TABLE items ADD CONSTRAINT small CHECK (NOT (id = 2500 AND n > 0))");
  const RunReport report = run(counter_spec());
  EXPECT_EQ(report.exit, ExitCode::stopped);
  EXPECT_NE(report.error.message.find("(id) = (2500)"), std::string::npos) << report.error.message;
  EXPECT_EQ(listed("quarantined"), 0);
  EXPECT_GT(database_.integer("SELECT count(*) FROM items WHERE n = 1"), 400);
}

TEST_F(SkippedRows, BadOnesAreQuarantinedWithTheirErrorAndCountedAsFailure) {
  make_items(20000);
  database_.execute("ALTER TABLE items ADD CONSTRAINT odd CHECK (NOT (id % 1000 = 7 AND n > 0))");
  JobSpec spec = counter_spec();
  spec.bad_rows.action = BadRows::Action::quarantine;
  const RunReport report = run(spec);
  EXPECT_EQ(report.exit, ExitCode::stopped);
  EXPECT_EQ(report.error.code, ErrorCode::bad_rows);
  EXPECT_NE(report.error.message.find("20 rows"), std::string::npos) << report.error.message;
  EXPECT_EQ(database_.integer("SELECT count(*) FROM items WHERE n = 1"), 19980);
  EXPECT_EQ(database_.value("SELECT string_agg(DISTINCT sqlstate, ',') FROM pgfill.skipped"), "23514");
  EXPECT_EQ(database_.integer("SELECT count(*) FROM pgfill.skipped WHERE (key[1])::bigint % 1000 = 7"), 20);
  EXPECT_EQ(database_.value("SELECT state FROM pgfill.job"), "failed");

  database_.execute("ALTER TABLE items DROP CONSTRAINT odd");
  EXPECT_EQ(*retry_quarantined(settings_, "counter"), 20);
  EXPECT_EQ(run(spec).exit, ExitCode::done);
  expect_each_row_once(20000);
}

TEST_F(SkippedRows, WhatATriggerRaisesByAStateOfItsOwnIsOfItsRow) {
  make_items(3000);
  database_.execute(
      "CREATE FUNCTION picky() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
      "IF new.id = 700 THEN RAISE 'not this one' USING ERRCODE = 'U0001'; END IF; "
      "IF new.id = 1700 THEN RAISE 'none' USING ERRCODE = 'no_data_found'; END IF; RETURN new; END $$;"
      "CREATE TRIGGER picky BEFORE UPDATE OF n ON items FOR EACH ROW EXECUTE FUNCTION picky()");
  JobSpec spec = counter_spec();
  spec.bad_rows.action = BadRows::Action::quarantine;
  EXPECT_EQ(run(spec).error.code, ErrorCode::bad_rows);
  EXPECT_EQ(database_.value("SELECT string_agg(key[1] || ' ' || sqlstate, ', ' ORDER BY key) FROM pgfill.skipped"),
            "1700 P0002, 700 U0001");
  EXPECT_EQ(database_.integer("SELECT count(*) FROM items WHERE n = 1"), 2998);
}

TEST_F(SkippedRows, TooManyBadOnesStopTheJob) {
  make_items(5000);
  database_.execute("ALTER TABLE items ADD CONSTRAINT odd CHECK (NOT (id % 10 = 7 AND n > 0))");
  JobSpec spec = counter_spec();
  spec.workers = 1;
  spec.bad_rows.action = BadRows::Action::quarantine;
  spec.bad_rows.at_most = 5;
  const RunReport report = run(spec);
  EXPECT_EQ(report.exit, ExitCode::stopped);
  EXPECT_NE(report.error.message.find("bad_rows.at_most (5)"), std::string::npos) << report.error.message;
  EXPECT_EQ(listed("quarantined"), 6);
}

TEST_F(SkippedRows, ABadRowAmongTheDeferredIsQuarantinedToo) {
  make_items(3000);
  database_.execute("ALTER TABLE items ADD CONSTRAINT odd CHECK (NOT (id = 150 AND n > 0))");
  Database holder(scratch_.conninfo());
  holder.execute("BEGIN; SELECT FROM items WHERE id BETWEEN 100 AND 200 FOR UPDATE");
  JobSpec spec = counter_spec();
  spec.bad_rows.action = BadRows::Action::quarantine;
  auto running = start(spec);
  ASSERT_TRUE(waits_for(running, "waiting for 101 rows"));
  holder.execute("COMMIT");
  EXPECT_EQ(running.get().error.code, ErrorCode::bad_rows);
  EXPECT_EQ(database_.value("SELECT key::text FROM pgfill.skipped"), "{150}");
  EXPECT_EQ(database_.integer("SELECT count(*) FROM items WHERE n = 1"), 2999);
}

TEST_F(SkippedRows, InsertedBehindTheCursorByAnOpenTransactionAreWaitedForAndDone) {
  make_items(5000);
  database_.execute("DELETE FROM items WHERE id = 10");
  Database application(scratch_.conninfo(), "long import");
  application.execute("BEGIN; INSERT INTO items VALUES (10)");
  JobSpec spec = counter_spec();
  spec.where = "n = 0";
  auto running = start(spec);
  ASSERT_TRUE(waits_for(running, "long import")) << waiting_for();
  EXPECT_NE(database_.value("SELECT state FROM pgfill.job"), "done");
  application.execute("COMMIT");
  EXPECT_EQ(running.get().exit, ExitCode::done);
  expect_each_row_once(5000);
}

TEST_F(SkippedRows, MovedBehindTheCursorByAChangeOfKeyAreSweptUp) {
  make_items(5000);
  database_.execute("DELETE FROM items WHERE id <= 20");
  JobSpec spec = counter_spec();
  spec.where = "n = 0";
  spec.workers = 1;
  watcher_.on_batch = [&] {
    if (watcher_.batches != 3) return;
    std::thread([&] {
      Database application(scratch_.conninfo());
      application.execute("UPDATE items SET id = id - 4980 WHERE id BETWEEN 4981 AND 5000");
    }).join();
  };
  EXPECT_EQ(run(spec).exit, ExitCode::done);
  expect_each_row_once(4980);
}

TEST_F(SkippedRows, ABoundAtStartHoldsForTheSweepToo) {
  make_items(3000);
  JobSpec spec = counter_spec();
  spec.where = "n = 0";
  spec.bound = Bound::at_start;
  watcher_.on_batch = [&] {
    if (watcher_.batches != 1) return;
    std::thread([&] {
      Database application(scratch_.conninfo());
      application.execute("INSERT INTO items SELECT i FROM generate_series(10001, 10050) i");
    }).join();
  };
  EXPECT_EQ(run(spec).exit, ExitCode::done);
  EXPECT_EQ(database_.integer("SELECT count(*) FROM items WHERE n = 0"), 50);
}

}  // namespace
}  // namespace pgfill::tests
