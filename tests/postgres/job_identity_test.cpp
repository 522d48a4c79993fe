// A job goes on only with the table and on the server it was planned for, until a person adopts what is there. Real
// servers.
#include <future>
#include <thread>

#include "pgfill/repair.h"
#include "support/run_job_fixture.h"

namespace pgfill::tests {
namespace {

class JobIdentity : public RunJob {
 protected:
  /// One worker, so that what others do between two batches falls before the next.
  JobSpec small_batches() {
    JobSpec spec = counter_spec();
    spec.batch.min_rows = spec.batch.max_rows = 100;
    spec.workers = 1;
    return spec;
  }
  /// By another session.
  void after_three_batches(const std::string& sql) {
    watcher_.on_batch = [this, sql] {
      if (watcher_.batches != 3) return;
      std::thread([&] { Database(scratch_.conninfo()).execute(sql); }).join();
    };
  }
  RunReport begin_and_stop(const std::string& where = "") {
    Control control;
    watcher_.on_batch = [&] { control.stop(); };
    JobSpec spec = counter_spec();
    spec.where = where;
    RunReport report = run_job(spec, settings_, {}, control, watcher_);
    watcher_.on_batch = nullptr;
    return report;
  }
  void add_trigger(Database& database) {
    database.execute("CREATE TRIGGER again BEFORE UPDATE ON items FOR EACH ROW WHEN (false) EXECUTE FUNCTION note()");
  }
};

TEST_F(JobIdentity, ATriggerAddedBetweenTwoRunsIsShownAndCanBeAdopted) {
  make_items(3000);
  ASSERT_EQ(begin_and_stop().exit, ExitCode::interrupted);
  add_trigger(database_);
  const RunReport refused = run(counter_spec());
  EXPECT_EQ(refused.exit, ExitCode::refused);
  EXPECT_EQ(refused.error.code, ErrorCode::table_changed);
  EXPECT_NE(refused.error.message.find("new: trigger again"), std::string::npos) << refused.error.message;
  EXPECT_NE(refused.error.hint.find("pgfill adopt counter"), std::string::npos) << refused.error.hint;
  const Result<std::string> adopted = adopt_job(settings_, "counter");
  ASSERT_TRUE(adopted) << adopted.error().message;
  EXPECT_NE(adopted->find("trigger again"), std::string::npos) << *adopted;
  EXPECT_EQ(run(counter_spec()).exit, ExitCode::done);
  expect_each_row_once(3000);
}

TEST_F(JobIdentity, AChangeOfTheTableUnderARunStopsItAtTheNextLease) {
  make_items(160'000);  // several ranges
  JobSpec spec = counter_spec();
  spec.batch.max_rows = 5000;
  spec.workers = 1;
  watcher_.on_batch = [&] {
    if (watcher_.batches != 2) return;
    std::thread([&] {
      Database other(scratch_.conninfo());
      add_trigger(other);
    }).join();
  };
  const RunReport report = run(spec);
  EXPECT_EQ(report.exit, ExitCode::stopped);
  EXPECT_EQ(report.error.code, ErrorCode::table_changed_midway);
  EXPECT_NE(report.error.message.find("trigger again"), std::string::npos) << report.error.message;
  EXPECT_EQ(database_.integer("SELECT sum(rows_changed) FROM pgfill.range"),
            database_.integer("SELECT count(*) FROM audit"));
}

TEST_F(JobIdentity, WithoutTheUniqueIndexOfItsKeyAJobDoesNotGoOn) {
  make_items(3000);
  ASSERT_EQ(begin_and_stop().exit, ExitCode::interrupted);
  database_.execute("ALTER TABLE items DROP CONSTRAINT items_pkey");
  const RunReport refused = run(counter_spec());
  EXPECT_EQ(refused.error.code, ErrorCode::table_changed);
  EXPECT_NE(refused.error.message.find("gone: the unique index over (id)"), std::string::npos) << refused.error.message;
  database_.execute("ALTER TABLE items ADD UNIQUE (id)");
  EXPECT_EQ(run(counter_spec()).exit, ExitCode::done);
  expect_each_row_once(3000);
}

TEST_F(JobIdentity, AnIndexThatIsDroppedUnderARunStopsIt) {
  make_items(100'000);
  JobSpec spec = counter_spec();
  spec.batch.min_rows = spec.batch.max_rows = 10;
  spec.workers = 1;
  Control control;
  auto running = std::async(std::launch::async, [&] { return run_job(spec, settings_, {}, control, watcher_); });
  ASSERT_TRUE(eventually(std::chrono::seconds(20), [&] { return watcher_.batches > 5; }));
  database_.execute("ALTER TABLE items DROP CONSTRAINT items_pkey");
  EXPECT_EQ(running.wait_for(std::chrono::seconds(20)), std::future_status::ready);
  control.stop();
  const RunReport report = running.get();
  EXPECT_EQ(report.exit, ExitCode::stopped);
  EXPECT_EQ(report.error.code, ErrorCode::table_changed_midway) << report.error.message;
}

/// Between two batches; the second of them is the first to meet the other table.
TEST_F(JobIdentity, ATableThatTakesTheNameUnderARunIsLeftAlone) {
  make_items(20'000);
  database_.execute("CREATE TABLE copied (LIKE items INCLUDING ALL); INSERT INTO copied SELECT * FROM items");
  JobSpec spec = small_batches();
  after_three_batches("BEGIN; ALTER TABLE items RENAME TO former; ALTER TABLE copied RENAME TO items; COMMIT");
  const RunReport report = run(spec);
  EXPECT_EQ(report.exit, ExitCode::stopped);
  EXPECT_EQ(report.error.code, ErrorCode::table_changed_midway);
  EXPECT_NE(report.error.message.find("leads to another table now"), std::string::npos) << report.error.message;
  EXPECT_EQ(database_.integer("SELECT count(*) FROM items WHERE n <> 0"), 0);
  EXPECT_EQ(database_.integer("SELECT sum(n) FROM former"), watcher_.batches * 100);
  watcher_.on_batch = nullptr;
  database_.execute("BEGIN; ALTER TABLE items RENAME TO copied; ALTER TABLE former RENAME TO items; COMMIT");
  EXPECT_EQ(run(spec).exit, ExitCode::done);
  expect_each_row_once(20'000);
}

TEST_F(JobIdentity, NoValueIsTakenFromAColumnThatTakesTheNameUnderARun) {
  make_items(20'000);
  database_.execute("ALTER TABLE items ADD source int DEFAULT 1");
  JobSpec spec = counter_spec();
  spec.set() = {{"n", "n + source"}};
  spec.batch.min_rows = spec.batch.max_rows = 100;
  spec.workers = 1;
  after_three_batches(
      "BEGIN; ALTER TABLE items RENAME source TO former; ALTER TABLE items ADD source int DEFAULT 7; COMMIT");
  const RunReport report = run(spec);
  EXPECT_EQ(report.error.code, ErrorCode::table_changed_midway) << report.error.message;
  EXPECT_EQ(database_.integer("SELECT sum(n) FROM items"), watcher_.batches * 100);
}

TEST_F(JobIdentity, AColumnThatTakesTheNameUnderARunIsLeftAlone) {
  make_items(20'000);
  JobSpec spec = small_batches();
  after_three_batches("BEGIN; ALTER TABLE items RENAME n TO m; ALTER TABLE items ADD n int NOT NULL DEFAULT 0; COMMIT");
  const RunReport report = run(spec);
  EXPECT_EQ(report.error.code, ErrorCode::table_changed_midway);
  EXPECT_NE(report.error.message.find("was renamed or replaced"), std::string::npos) << report.error.message;
  EXPECT_EQ(database_.integer("SELECT count(*) FROM items WHERE n <> 0"), 0);
  EXPECT_EQ(database_.integer("SELECT sum(m) FROM items"), watcher_.batches * 100);
}

TEST_F(JobIdentity, AChildThatIsAttachedUnderARunStopsIt) {
  make_items(20'000);
  database_.execute("CREATE TABLE child (LIKE items INCLUDING ALL); INSERT INTO child SELECT * FROM items");
  JobSpec spec = small_batches();
  after_three_batches("ALTER TABLE child INHERIT items");
  const RunReport report = run(spec);
  EXPECT_EQ(report.exit, ExitCode::stopped);
  EXPECT_EQ(report.error.code, ErrorCode::table_changed_midway);
  EXPECT_NE(report.error.message.find("new: child public.child"), std::string::npos) << report.error.message;
  EXPECT_EQ(database_.integer("SELECT count(*) FROM child WHERE n <> 0"), 0);
}

TEST_F(JobIdentity, ATableThatTookThePlaceOfTheOldOneCanBeAdopted) {
  make_items(3000);
  ASSERT_EQ(begin_and_stop().exit, ExitCode::interrupted);
  database_.execute(
      "CREATE TABLE copied (LIKE items INCLUDING ALL); INSERT INTO copied SELECT * FROM items;"
      "ALTER TABLE items RENAME TO former; ALTER TABLE copied RENAME TO items;"
      "CREATE TRIGGER note AFTER UPDATE OF n ON items FOR EACH ROW EXECUTE FUNCTION note()");
  const RunReport refused = run(counter_spec());
  EXPECT_EQ(refused.error.code, ErrorCode::table_changed);
  EXPECT_NE(refused.error.hint.find("pgfill adopt counter"), std::string::npos) << refused.error.hint;
  const Result<std::string> adopted = adopt_job(settings_, "counter");
  ASSERT_TRUE(adopted) << adopted.error().message;
  EXPECT_NE(adopted->find("another table of the same name"), std::string::npos) << *adopted;
  EXPECT_EQ(run(counter_spec()).exit, ExitCode::done);
  expect_each_row_once(3000);
}

TEST_F(JobIdentity, ANewColumnAndAnInsertTriggerAreNoChange) {
  make_items(3000);
  ASSERT_EQ(begin_and_stop().exit, ExitCode::interrupted);
  database_.execute(
      "ALTER TABLE items ADD COLUMN extra int;"
      "CREATE TRIGGER fresh BEFORE INSERT ON items FOR EACH ROW EXECUTE FUNCTION note()");
  EXPECT_EQ(run(counter_spec()).exit, ExitCode::done);
  expect_each_row_once(3000);
}

TEST_F(JobIdentity, AColumnOfAnotherTypeIsAChange) {
  make_items(3000);
  ASSERT_EQ(begin_and_stop("pad <> ''").exit, ExitCode::interrupted);
  database_.execute("ALTER TABLE items ALTER COLUMN pad TYPE varchar(100)");
  JobSpec spec = counter_spec();
  spec.where = "pad <> ''";
  const RunReport refused = run(spec);
  EXPECT_EQ(refused.error.code, ErrorCode::table_changed);
  EXPECT_NE(refused.error.message.find("gone: column pad text"), std::string::npos) << refused.error.message;
}

TEST_F(JobIdentity, AColumnThatTookThePlaceOfAnotherIsAChange) {
  make_items(3000);
  ASSERT_EQ(begin_and_stop("n = 0").exit, ExitCode::interrupted);
  database_.execute(
      "ALTER TABLE items DROP COLUMN n CASCADE; ALTER TABLE items ADD COLUMN n int NOT NULL DEFAULT 0;"
      "CREATE TRIGGER note AFTER UPDATE OF n ON items FOR EACH ROW EXECUTE FUNCTION note()");
  JobSpec spec = counter_spec();
  spec.where = "n = 0";
  const RunReport refused = run(spec);
  EXPECT_EQ(refused.error.code, ErrorCode::table_changed);
  EXPECT_NE(refused.error.message.find("new: column n integer not null, number 4"), std::string::npos)
      << refused.error.message;
  ASSERT_TRUE(adopt_job(settings_, "counter"));
  EXPECT_EQ(run(spec).exit, ExitCode::done);
  EXPECT_EQ(database_.integer("SELECT count(*) FROM items WHERE n = 1"), 3000) << "in the new column nothing was done";
}

TEST_F(JobIdentity, AdoptingNamesSimilarJobsWhenThereIsNone) {
  make_items(100);
  ASSERT_EQ(run(counter_spec()).exit, ExitCode::done);
  const Result<std::string> adopted = adopt_job(settings_, "countr");
  ASSERT_FALSE(adopted);
  EXPECT_EQ(adopted.error().code, ErrorCode::no_such_job);
  EXPECT_NE(adopted.error().hint.find("counter"), std::string::npos);
}

TEST(CopiedDatabase, IsRecognisedAndFrozenUntilItIsAdopted) {
  rig::PgCluster cluster;
  rig::PgServer& copy = cluster.add_replica();
  Database original(cluster.conninfo());
  original.execute(
      "CREATE TABLE items (id bigint PRIMARY KEY, n int NOT NULL DEFAULT 0);"
      "INSERT INTO items SELECT i FROM generate_series(1, 3000) i; ANALYZE items");
  JobSpec spec;
  spec.job = "counter";
  spec.table = "items";
  spec.set() = {{"n", "n + 1"}};
  spec.batch.max_rows = 100;
  Watcher watcher;
  Control first;
  watcher.on_batch = [&] { first.stop(); };
  ASSERT_EQ(run_job(spec, {cluster.conninfo(), {}}, {}, first, watcher).exit, ExitCode::interrupted);
  const std::string position = original.value("SELECT pg_current_wal_lsn()");
  Database reader(copy.conninfo());
  ASSERT_TRUE(eventually(std::chrono::seconds(30),
                         [&] { return reader.value("SELECT pg_last_wal_replay_lsn() >= '" + position + "'") == "t"; }));
  copy.promote();

  watcher.on_batch = nullptr;
  Control second;
  const ConnectionSettings there{copy.conninfo(), {}};
  const RunReport frozen = run_job(spec, there, {}, second, watcher);
  EXPECT_EQ(frozen.exit, ExitCode::refused);
  EXPECT_EQ(frozen.error.code, ErrorCode::database_copied);
  EXPECT_NE(frozen.error.hint.find("pgfill adopt counter"), std::string::npos) << frozen.error.hint;
  ASSERT_TRUE(adopt_job(there, "counter"));
  EXPECT_EQ(run_job(spec, there, {}, second, watcher).exit, ExitCode::done);
  EXPECT_EQ(Database(copy.conninfo()).integer("SELECT count(*) FROM items WHERE n = 1"), 3000);
}

}  // namespace
}  // namespace pgfill::tests
