// What the sweep at the end of a job takes for left behind: rows that others have written since the job began, and none
// that the job has done itself, whatever its condition says of them then. A real server.
#include <algorithm>
#include <future>
#include <thread>

#include "pgfill/repair.h"
#include "support/run_job_fixture.h"

namespace pgfill::tests {
namespace {

class LeftBehind : public RunJob {
 protected:
  /// Keys above a million, so that there is room behind the cursors.
  void make_items_behind_room(int rows) {
    make_items(0);
    database_.execute("INSERT INTO items SELECT 1000000 + i FROM generate_series(1, " + std::to_string(rows) +
                      ") i; ANALYZE items");
  }
  /// At the first batch that ends, by another session.
  void once_it_runs(const std::string& sql) {
    watcher_.on_batch = [this, sql] {
      if (watcher_.batches != 1) return;
      std::thread([&] { Database(scratch_.conninfo(), "application").execute(sql); }).join();
    };
  }
  std::int64_t told(const std::string& what) {
    return database_.integer("SELECT count(*) FROM pgfill.event WHERE message LIKE '%" + what + "%'");
  }
};

TEST_F(LeftBehind, ADoneRowThatMeetsTheConditionStillIsNotDoneAgain) {
  make_items(20'000);
  JobSpec spec = counter_spec();
  spec.where = "id % 2 = 0";
  const Result<Plan> plan = plan_job(spec, settings_);
  ASSERT_TRUE(plan);
  EXPECT_TRUE(std::any_of(plan->findings.begin(), plan->findings.end(),
                          [](const Finding& finding) { return finding.check == "sweep"; }));
  const RunReport report = run(spec);
  EXPECT_EQ(report.exit, ExitCode::done) << report.error.message;
  EXPECT_EQ(report.progress.rows_changed, 10'000);
  EXPECT_EQ(database_.integer("SELECT count(*) FROM items WHERE n = 1 AND id % 2 = 0"), 10'000);
  EXPECT_EQ(database_.integer("SELECT count(*) FROM audit"), 10'000);
  EXPECT_EQ(told("cannot be told"), 1);
}

TEST_F(LeftBehind, NorIsOneThatTheApplicationHasChangedSince) {
  make_items(20'000);
  JobSpec spec = counter_spec();
  spec.where = "id % 2 = 0 AND n < 10";  // it may tell what is done, and does not
  spec.workers = 1;
  once_it_runs("UPDATE items SET pad = 'theirs' WHERE id <= 100");
  EXPECT_EQ(run(spec).exit, ExitCode::done);
  EXPECT_EQ(database_.integer("SELECT count(*) FROM items WHERE n > 1"), 0);
  EXPECT_EQ(told("rows that are done meet the condition still"), 1);
}

TEST_F(LeftBehind, AValueThatMeetsTheConditionAgainIsWrittenOnce) {
  make_items(5'000);
  database_.execute(
      "ALTER TABLE items ADD old text, ADD new text; UPDATE items SET old = 'x' WHERE id % 5 > 0; "
      "CREATE TRIGGER each AFTER UPDATE OF new ON items FOR EACH ROW EXECUTE FUNCTION note()");
  JobSpec spec = counter_spec();
  spec.set() = {{"new", "old"}};
  spec.where = "new IS NULL";
  once_it_runs("INSERT INTO items (id, old) VALUES (0, 'y'), (-1, NULL)");
  EXPECT_EQ(run(spec).exit, ExitCode::done);
  EXPECT_EQ(database_.integer("SELECT count(*) FROM items WHERE new IS DISTINCT FROM old"), 0);
  EXPECT_EQ(database_.integer("SELECT count(*) FROM audit"), 5'002);
  EXPECT_EQ(database_.integer("SELECT count(DISTINCT id) FROM audit"), 5'002);
}

TEST_F(LeftBehind, HoweverManyRowsWereInsertedBehindTheCursorsAllAreDone) {
  make_items_behind_room(20'000);
  JobSpec spec = counter_spec();
  spec.where = "n = 0";
  once_it_runs("INSERT INTO items SELECT i FROM generate_series(1, 50000) i");
  EXPECT_EQ(run(spec).exit, ExitCode::done);
  EXPECT_EQ(told("goes on adding rows"), 0);
  expect_each_row_once(70'000);
}

/// Whatever the server believes about a list that was empty when it was analyzed last.
TEST_F(LeftBehind, TheListIsNotReadAnewForEachOfItsRows) {
  constexpr int listed = 4'000;
  ASSERT_TRUE(install_ledger(settings_));
  database_.execute("ALTER TABLE pgfill.skipped SET (autovacuum_enabled = off)");
  make_items_behind_room(5'000);
  JobSpec spec = counter_spec();
  spec.where = "n = 0";
  once_it_runs("INSERT INTO items SELECT i FROM generate_series(1, " + std::to_string(listed) + ") i");
  EXPECT_EQ(run(spec).exit, ExitCode::done);
  expect_each_row_once(5'000 + listed);
  // Sessions hand in what they have counted when they end, at the latest.
  ASSERT_TRUE(eventually(std::chrono::seconds(20), [&] {
    return database_.integer(
               "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
               "AND application_name LIKE 'pgfill:%'") == 0;
  }));
  const auto read = [&] {
    return database_.integer(
        "SELECT sum(idx_tup_read)::bigint FROM pg_stat_user_indexes WHERE schemaname = 'pgfill' AND relname = "
        "'skipped'");
  };
  EXPECT_TRUE(eventually(std::chrono::seconds(20), [&] { return read() >= listed; }));
  EXPECT_LT(read(), listed * 50);
}

TEST_F(LeftBehind, ARowThatATriggerKeepsAsItWasIsTriedOnce) {
  make_items(1'000);
  database_.execute(
      "CREATE TABLE asked (id bigint); CREATE FUNCTION keep() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN INSERT INTO "
      "asked VALUES (new.id); RETURN CASE WHEN new.id % 10 > 0 THEN new END; END';"
      "CREATE TRIGGER keep BEFORE UPDATE OF n ON items FOR EACH ROW EXECUTE FUNCTION keep()");
  JobSpec spec = counter_spec();
  spec.where = "n = 0";
  EXPECT_EQ(run(spec).exit, ExitCode::done);
  EXPECT_EQ(database_.integer("SELECT count(*) FROM items WHERE n = 1"), 900);
  EXPECT_EQ(database_.integer("SELECT count(*) FROM asked"), 1'000);
  EXPECT_EQ(told("goes on adding rows"), 0);
}

TEST_F(LeftBehind, ARowThatATriggerKeepsOnceMoreDoesNotKeepTheJobForEver) {
  make_items(20'000);
  database_.execute(
      "ALTER TABLE items ADD low text; CREATE FUNCTION keep() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; "
      "END'; CREATE TRIGGER keep BEFORE UPDATE OF low ON items FOR EACH ROW WHEN (new.id <= 3) "
      "EXECUTE FUNCTION keep()");
  JobSpec spec = counter_spec();
  spec.set() = {{"low", "lower(pad)"}};
  spec.where = "low IS NULL";
  spec.workers = 1;
  once_it_runs("UPDATE items SET n = 7 WHERE id <= 3");
  EXPECT_EQ(run(spec).exit, ExitCode::done);
  EXPECT_EQ(database_.integer("SELECT count(*) FROM items WHERE low IS NULL"), 3);
  EXPECT_EQ(told("stay as they are"), 1);
}

TEST_F(LeftBehind, WhatTheApplicationWritesIntoADoneRowStays) {
  make_items(20'000);
  for (const char* where : {"id % 2 = 0", "pad <> 'nothing'"}) {
    SCOPED_TRACE(where);
    watcher_.batches = 0;
    JobSpec spec = counter_spec();
    spec.job = where;
    spec.set() = {{"pad", "'basic'"}};
    spec.where = where;
    spec.workers = 1;
    once_it_runs("UPDATE items SET pad = 'gold' WHERE id <= 100 AND pad = 'basic'");
    EXPECT_EQ(run(spec).exit, ExitCode::done);
    EXPECT_EQ(database_.integer("SELECT count(*) FROM items WHERE pad = 'gold'"),
              std::string(where)[0] == 'i' ? 50 : 100);
    database_.execute("UPDATE items SET pad = ''");
  }
}

TEST_F(LeftBehind, OneDoneRowAmongManyThatMeetsTheConditionStillIsEnough) {
  make_items(20'000);
  database_.execute("UPDATE items SET n = CASE WHEN id = 7 THEN 5 ELSE 9 END; TRUNCATE audit");
  JobSpec spec = counter_spec();
  spec.where = "n < 10";
  spec.workers = 1;
  once_it_runs("UPDATE items SET pad = 'theirs' WHERE id = 7");
  EXPECT_EQ(run(spec).exit, ExitCode::done);
  EXPECT_EQ(database_.integer("SELECT n FROM items WHERE id = 7"), 6);
  EXPECT_EQ(database_.integer("SELECT count(*) FROM audit"), 20'000);
}

TEST_F(LeftBehind, OfAnEmptyTableThatIsBoundAtItsStartNothingIsTheJobs) {
  make_items(0);
  ASSERT_TRUE(install_ledger(settings_));
  Database application(scratch_.conninfo(), "application");
  application.execute("BEGIN; INSERT INTO items SELECT i FROM generate_series(1, 50) i");
  JobSpec spec = counter_spec();
  spec.where = "n = 0";
  spec.bound = Bound::at_start;
  auto running = std::async(std::launch::async, [&] { return run(spec); });
  EXPECT_TRUE(eventually(std::chrono::seconds(30), [&] { return told("waiting for 1 transaction") > 0; }));
  application.execute("COMMIT");
  const RunReport report = running.get();
  EXPECT_EQ(report.exit, ExitCode::done) << report.error.message;
  EXPECT_EQ(database_.integer("SELECT count(*) FROM items WHERE n > 0"), 0);
}

TEST_F(LeftBehind, WhenEveryDoneRowWasWrittenAnewNoneIsDoneAgain) {
  make_items(20'000);
  JobSpec spec = counter_spec();
  spec.where = "n < 10";
  Control control;
  ASSERT_TRUE(install_ledger(settings_));  // looked at from the start
  Database holder(scratch_.conninfo(), "holder");
  holder.execute("BEGIN; UPDATE items SET pad = 'held' WHERE id = 20000");
  auto running = std::async(std::launch::async, [&] { return run_job(spec, settings_, {}, control, watcher_); });
  ASSERT_TRUE(eventually(std::chrono::seconds(30), [&] { return told("waiting for 1 row") > 0; }));
  control.stop();
  EXPECT_EQ(running.get().exit, ExitCode::interrupted);
  // Rewrites the table, as others do who move rows to new files.
  holder.execute("DELETE FROM items WHERE id = 20000; COMMIT");
  database_.execute("ALTER TABLE items ADD COLUMN k uuid DEFAULT gen_random_uuid()");
  EXPECT_EQ(run(spec).exit, ExitCode::done);
  EXPECT_EQ(database_.integer("SELECT count(*) FROM items WHERE n = 1"), 19'999);
  EXPECT_EQ(told("rows that are done meet the condition still"), 1);
}

TEST_F(LeftBehind, AfterATableTookThePlaceOfTheOldOneAllOfItIsLookedAt) {
  make_items_behind_room(20'000);
  database_.execute("ALTER TABLE items ADD low text");
  JobSpec spec = counter_spec();
  spec.set() = {{"low", "lower(pad)"}};
  spec.where = "low IS NULL";
  Control control;
  watcher_.on_batch = [&] {
    if (watcher_.batches == 6) control.stop();
  };
  ASSERT_EQ(run_job(spec, settings_, {}, control, watcher_).exit, ExitCode::interrupted);
  watcher_.on_batch = nullptr;
  database_.execute(
      "INSERT INTO items SELECT i FROM generate_series(1, 500) i; CREATE TABLE copied (LIKE items INCLUDING ALL);"
      "INSERT INTO copied SELECT * FROM items; ALTER TABLE items RENAME TO former; ALTER TABLE copied RENAME TO items;"
      "CREATE TRIGGER note AFTER UPDATE OF n ON items FOR EACH ROW EXECUTE FUNCTION note()");
  ASSERT_TRUE(adopt_job(settings_, "counter"));
  EXPECT_EQ(run(spec).exit, ExitCode::done);
  EXPECT_EQ(database_.integer("SELECT count(*) FROM items WHERE low IS NULL"), 0);
}

TEST_F(LeftBehind, NothingIsKeptOfAJobThatIsDone) {
  make_items(2'000);
  JobSpec spec = counter_spec();
  spec.where = "n = 0";
  EXPECT_EQ(run(spec).exit, ExitCode::done);
  EXPECT_EQ(database_.integer("SELECT count(*) FROM pgfill.change"), 0);
}

TEST_F(LeftBehind, OfJobsThatAreGoneNothingIsKeptHoweverMuchThereIsAndOfOthersAll) {
  make_items(2'000);
  JobSpec open = counter_spec();
  open.job = "open";
  Control stopped;
  stopped.stop();
  EXPECT_EQ(run_job(open, settings_, {}, stopped, watcher_).exit, ExitCode::interrupted);
  database_.execute("INSERT INTO pgfill.change SELECT id, '7'::xid FROM pgfill.job WHERE name = 'open'");
  database_.execute("INSERT INTO pgfill.change SELECT 1000000, i::text::xid FROM generate_series(1, 250000) i");
  JobSpec spec = counter_spec();
  spec.where = "n = 0";
  EXPECT_EQ(run(spec).exit, ExitCode::done);
  EXPECT_EQ(database_.value("SELECT string_agg(xid::text, ' ') FROM pgfill.change"), "7");
}

}  // namespace
}  // namespace pgfill::tests
