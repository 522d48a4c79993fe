// Jobs whose connections go through a pooler in transaction mode: each transaction may run on another server process,
// and a server process serves the application between two of ours.
#include <future>

#include "postgres/transaction.h"
#include "support/pooler.h"
#include "support/run_job_fixture.h"

namespace pgfill::tests {
namespace {

using namespace std::chrono_literals;

constexpr int pool_size = 4;

class PooledJob : public RunJob {
 protected:
  PooledJob() { settings_.conninfo = through_pooler(); }

  std::string through_pooler() const { return pooler_.conninfo(scratch_.name()); }
  std::future<RunReport> start(const JobSpec& spec) {
    return std::async(std::launch::async, [this, spec] { return run_job(spec, settings_, {}, control_, watcher_); });
  }
  /// Triggers make every row take so long.
  void make_slow(const std::string& seconds) {
    database_.execute(
        "CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_sleep(" + seconds +
        "); RETURN new; END'; CREATE TRIGGER slow BEFORE UPDATE OF n ON items FOR EACH ROW EXECUTE FUNCTION slow()");
  }
  bool a_batch_sleeps() {
    return database_.integer(
               "SELECT count(*) FROM pg_stat_activity WHERE application_name LIKE 'pgfill:counter/_' "
               "AND wait_event = 'PgSleep'") > 0;
  }

  Pooler pooler_{shared_cluster(), pool_size, 1s};
  Control control_;
};

TEST_F(PooledJob, ChangesEachRowOnceAcrossAStop) {
  make_items(20'000);
  watcher_.on_batch = [&] {
    if (watcher_.batches == 6) control_.stop();
  };
  EXPECT_EQ(start(counter_spec()).get().exit, ExitCode::interrupted);
  watcher_.on_batch = nullptr;
  const RunReport report = run(counter_spec());
  EXPECT_EQ(report.exit, ExitCode::done) << report.error.message;
  expect_each_row_once(20'000);
}

TEST_F(PooledJob, LeavesNothingBehindInTheSessionsOfOthers) {
  make_items(20'000);
  JobSpec spec = counter_spec();
  spec.throttle.growth = 1;  // VACUUM would be due at once
  spec.throttle.ignore = {"growth"};
  EXPECT_EQ(run(spec).exit, ExitCode::done);
  std::vector<std::unique_ptr<Database>> sessions;
  for (int session = 0; session < pool_size; ++session) {
    sessions.push_back(std::make_unique<Database>(through_pooler(), "application"));
    sessions.back()->execute("BEGIN");  // so that the next one gets another process
    EXPECT_EQ(sessions.back()->integer("SELECT count(*) FROM pg_prepared_statements WHERE name <> ''"), 0);
    EXPECT_EQ(
        sessions.back()->value("SELECT string_agg(name || ' = ' || setting, ', ') FROM pg_settings WHERE source = "
                               "'session' AND name NOT IN ('application_name', 'client_encoding', 'DateStyle', "
                               "'TimeZone', 'standard_conforming_strings')"),
        "NULL");
  }
  EXPECT_EQ(database_.integer("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'"), 0);
}

TEST_F(PooledJob, ASecondStopCancelsTheBatch) {
  make_items(2'000);
  make_slow("0.05");
  auto running = start(counter_spec());
  ASSERT_TRUE(eventually(20s, [&] { return a_batch_sleeps(); }));
  control_.stop();
  control_.stop();
  ASSERT_EQ(running.wait_for(4s), std::future_status::ready) << "a batch of 25 s was waited for";
  EXPECT_EQ(running.get().exit, ExitCode::interrupted);
  EXPECT_EQ(database_.integer("SELECT count(*) FROM audit"), 0);
}

TEST_F(PooledJob, NoTimeoutOfTheDatabaseEndsABatch) {
  make_items(2);
  make_slow("2.5");
  const postgres::Rows timeouts = database_.rows(
      "SELECT name FROM pg_settings WHERE name IN ('idle_in_transaction_session_timeout', 'transaction_timeout')");
  for (int row = 0; row < timeouts.size(); ++row)
    database_.execute("ALTER DATABASE " + scratch_.name() + " SET " + timeouts.string(row, 0) + " = '2s'");
  auto running = start(counter_spec());
  if (running.wait_for(60s) != std::future_status::ready) control_.stop();
  const RunReport report = running.get();
  EXPECT_EQ(report.exit, ExitCode::done) << report.error.message;
  EXPECT_EQ(database_.value("SELECT string_agg(e::text, chr(10)) FROM pgfill.event AS e "
                            "WHERE e::text LIKE '%batch_failed%25P0%'"),
            "NULL");
  expect_each_row_once(2);
}

TEST_F(PooledJob, NoTimeoutOfTheDatabaseEndsAnInstallationThatWaitsForAnother) {
  const postgres::Rows timeouts = database_.rows(
      "SELECT name FROM pg_settings WHERE name IN ('statement_timeout', 'lock_timeout', 'transaction_timeout')");
  for (int row = 0; row < timeouts.size(); ++row)
    database_.execute("ALTER DATABASE " + scratch_.name() + " SET " + timeouts.string(row, 0) + " = '1s'");
  Database other(scratch_.conninfo(), "another installation");
  other.execute("SET statement_timeout = 0; SET lock_timeout = 0");
  if (timeouts.size() == 3) other.execute("SET transaction_timeout = 0");
  other.execute("BEGIN; SELECT pg_advisory_xact_lock(hashtext('pgfill ledger'))");
  auto installing = std::async(std::launch::async, [this] { return install_ledger(settings_); });
  EXPECT_TRUE(eventually(20s, [&] {
    return installing.wait_for(0s) == std::future_status::ready ||
           database_.integer(
               "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'advisory' "
               "AND clock_timestamp() - xact_start > interval '1500 ms'") == 1;
  }));
  other.execute("COMMIT");
  const Result<int> installed = installing.get();
  EXPECT_TRUE(installed) << installed.error().message;
}

TEST_F(PooledJob, GivesWayAndCancelsNobodyElse) {
  make_items(300);
  make_slow("0.004");
  JobSpec spec = counter_spec();
  spec.batch.min_rows = spec.batch.max_rows = 100;  // 0.4 s: in time, but not for those who wait
  spec.batch.target_time = 500ms;
  auto running = start(spec);
  ASSERT_TRUE(eventually(20s, [&] { return a_batch_sleeps(); }));
  Database application(through_pooler(), "application");
  // Round and round, so that it meets batches in all their moments.
  for (int id = 1; watcher_.failures == 0 && running.wait_for(0s) != std::future_status::ready; id = (id + 7) % 300)
    application.execute("UPDATE items SET pad = 'theirs' WHERE id = " + std::to_string(id));
  const RunReport report = running.get();
  EXPECT_EQ(report.exit, ExitCode::done) << report.error.message;
  EXPECT_GT(watcher_.failures, 0);
  expect_each_row_once(300);
}

TEST_F(PooledJob, GoesOnWhenThePoolerIsKilledAndStartedAgain) {
  make_items(20'000);
  JobSpec spec = counter_spec();
  spec.batch.min_rows = spec.batch.max_rows = 50;
  auto running = start(spec);
  for (int round = 1; round <= 3; ++round) {
    ASSERT_TRUE(eventually(30s, [&] { return watcher_.batches >= round * 20; }));
    pooler_.kill();
    pooler_.start();
  }
  const RunReport report = running.get();
  EXPECT_EQ(report.exit, ExitCode::done) << report.error.message;
  EXPECT_GT(watcher_.failures, 0);
  expect_each_row_once(20'000);
}

TEST_F(PooledJob, APoolWithoutAFreeConnectionIsWaitedFor) {
  make_items(20'000);
  JobSpec spec = counter_spec();
  spec.batch.min_rows = spec.batch.max_rows = 50;
  auto running = start(spec);
  ASSERT_TRUE(eventually(30s, [&] { return watcher_.batches >= 20; }));
  {
    std::vector<std::unique_ptr<Database>> application;
    for (int session = 0; session < pool_size; ++session) {
      application.push_back(std::make_unique<Database>(through_pooler(), "application"));
      application.back()->execute("BEGIN");
    }
    const int before = watcher_.failures;
    EXPECT_TRUE(eventually(20s, [&] { return watcher_.failures > before; })) << "nobody was turned away";
  }
  const RunReport report = running.get();
  EXPECT_EQ(report.exit, ExitCode::done) << report.error.message;
  expect_each_row_once(20'000);
}

}  // namespace
}  // namespace pgfill::tests
