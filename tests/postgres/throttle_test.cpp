// A job under pressure, on a real primary with two real replicas: it stops when a limit is crossed or a sensor is lost,
// gives way to others, and goes on by itself when, and only when, the pressure clears.
#include <csignal>
#include <future>

#include "pgfill/steer.h"
#include "rig/pg_cluster.h"
#include "support/run_job_fixture.h"

namespace pgfill::tests {
namespace {

using namespace std::chrono_literals;

constexpr int rows = 120'000;

class Throttled : public testing::Test {
 public:
  ~Throttled() override {
    control_.stop();
    control_.stop();
  }

 protected:
  Throttled() : first_(cluster_.add_replica()), second_(cluster_.add_replica()), database_(cluster_.conninfo()) {
    settings_.conninfo = cluster_.conninfo();
    database_.execute(
        "CREATE TABLE items (id bigint PRIMARY KEY, n int NOT NULL DEFAULT 0, pad text DEFAULT repeat('x', 40));"
        "INSERT INTO items SELECT i FROM generate_series(1, " +
        std::to_string(rows) + ") i; ANALYZE items");
    spec_.job = "counter";
    spec_.schema = "public";
    spec_.table = "items";
    spec_.set() = {{"n", "n + 1"}};
    spec_.batch.min_rows = spec_.batch.max_rows = 25;
    spec_.throttle.replica_lag = 700ms;
    spec_.throttle.disk_free.reset();  // of this machine
    spec_.throttle.courtesy = false;   // the test itself looks at the ledger all the time
  }

  void start() {
    running_ = std::async(std::launch::async, [this] { return run_job(spec_, settings_, {}, control_, watcher_); });
    ASSERT_TRUE(eventually(30s, [&] { return watcher_.batches > 10; }));
  }
  bool runs() { return running_.wait_for(0s) != std::future_status::ready; }
  std::string reason() {
    const Result<JobStatus> status = job_status(settings_, "counter");
    return status ? status->waiting_for : status.error().message;
  }
  /// Stands still, for that reason; a batch that was under way may still end.
  void expect_standstill(const std::string& because) {
    ASSERT_TRUE(eventually(30s, [&] { return watcher_.throttled > 0 && reason().find(because) != std::string::npos; }))
        << reason();
    ASSERT_TRUE(runs());
    eventually(100ms, [] { return false; });
    const int before = watcher_.batches;
    EXPECT_FALSE(eventually(700ms, [&] { return watcher_.batches > before; }));
  }
  void expect_done() {
    const RunReport report = running_.get();
    EXPECT_EQ(report.exit, ExitCode::done) << report.error.message;
    EXPECT_EQ(database_.integer("SELECT count(*) FROM items WHERE n = 1"), rows);
  }

  rig::PgCluster cluster_;
  rig::PgServer& first_;
  rig::PgServer& second_;
  Database database_;
  ConnectionSettings settings_;
  JobSpec spec_;
  Control control_;
  Watcher watcher_;
  std::future<RunReport> running_;
};

TEST_F(Throttled, APausedReplayStopsTheJobUntilItIsResumed) {
  Database standby(second_.conninfo());
  start();
  standby.execute("SELECT pg_wal_replay_pause()");
  expect_standstill("replica lag");
  Result<JobStatus> status = job_status(settings_, "counter");
  ASSERT_TRUE(eventually(std::chrono::seconds(5), [&] {
    status = job_status(settings_, "counter");
    return status && status->held_by;
  }));
  const bool told = std::any_of(status->signals.begin(), status->signals.end(), [](const SignalStatus& signal) {
    return signal.signal == "replica_lag" && signal.subject == "replica_2" && signal.value.value_or(0) > signal.limit;
  });
  EXPECT_TRUE(told) << "the ledger has the figures, for metrics";
  EXPECT_EQ(status->held_by->kind, WaitReason::Kind::signal) << status->held_by->sentence;
  EXPECT_TRUE(status->held_by->signal.starts_with("replica_")) << status->held_by->signal;
  standby.execute("SELECT pg_wal_replay_resume()");
  expect_done();
}

TEST_F(Throttled, AReplicaThatAppliesLateStopsTheJobUntilItCatchesUp) {
  Database standby(first_.conninfo());
  start();
  standby.execute("ALTER SYSTEM SET recovery_min_apply_delay = '1h'");
  standby.execute("SELECT pg_reload_conf()");
  expect_standstill("replica lag");
  standby.execute("ALTER SYSTEM SET recovery_min_apply_delay = 0");
  standby.execute("SELECT pg_reload_conf()");
  expect_done();
}

TEST_F(Throttled, AReplicaThatVanishesStopsTheJobUntilItIsBackOrAPersonOverridesTheSignal) {
  start();
  second_.kill();
  expect_standstill("not connected to the primary any more");
  const Result<Steered> set = set_job(settings_, "counter", {{"throttle.ignore", "[replica_lag, replica_backlog]"}});
  ASSERT_TRUE(set) << set.error().message;
  expect_done();
}

TEST_F(Throttled, AReplicaThatReceivesNothingStopsTheJobUntilItsLineIsBack) {
  Database standby(second_.conninfo());
  const auto receiver = static_cast<pid_t>(standby.integer("SELECT pid FROM pg_stat_wal_receiver"));
  start();
  ASSERT_EQ(::kill(receiver, SIGSTOP), 0);
  expect_standstill("replica lag");
  ASSERT_EQ(::kill(receiver, SIGCONT), 0);
  expect_done();
}

TEST_F(Throttled, ARoleThatMayNotSeeTheReplicasAnyMoreStandsStillUntilItMay) {
  database_.execute(
      "CREATE ROLE runner LOGIN; GRANT pg_read_all_stats TO runner; GRANT ALL ON items TO runner;"
      "DO $$ BEGIN EXECUTE format('GRANT CREATE ON DATABASE %I TO runner', current_database()); END $$");
  settings_.conninfo += " user=runner";
  start();
  database_.execute("REVOKE pg_read_all_stats FROM runner");
  expect_standstill("GRANT pg_read_all_stats");
  database_.execute("GRANT pg_read_all_stats TO runner");
  expect_done();
}

TEST_F(Throttled, WhileOthersAreAtWorkBatchesAreShortAndOneAtATime) {
  spec_.throttle.courtesy = true;
  spec_.workers = 4;
  std::atomic<bool> over = false;
  auto application = std::async(std::launch::async, [&] {
    Database session(cluster_.conninfo(), "app");
    while (!over) session.execute("SELECT count(*) FROM items WHERE id = 1");
  });
  start();
  EXPECT_TRUE(eventually(20s, [&] { return reason().find("others are at work") != std::string::npos; })) << reason();
  EXPECT_TRUE(eventually(20s, [&] {
    return database_.integer(
               "SELECT count(*) FROM pgfill.event WHERE kind = 'pace_changed' AND detail->>'workers' = '1'"
               " AND (detail->>'batch_ms')::float8 <= 2") > 0;
  }));
  over = true;
  application.get();
  expect_done();
}

TEST_F(Throttled, ATableChangeWithAShortLockTimeoutGetsThroughEveryTime) {
  spec_.batch.max_rows = 50'000;
  spec_.batch.min_rows = 5'000;
  start();
  Database migration(cluster_.conninfo());
  migration.execute("SET lock_timeout = '1s'");
  int through = 0;
  for (; through < 8 && runs(); ++through) {
    migration.execute("ALTER TABLE items ALTER COLUMN pad SET STATISTICS " + std::to_string(100 + through));
    migration.execute("BEGIN; LOCK TABLE items IN ACCESS EXCLUSIVE MODE; COMMIT");
  }
  EXPECT_GT(through, 0);
  expect_done();
}

TEST_F(Throttled, ABatchThatHoldsOthersUpGivesWayAndIsDoneLater) {
  database_.execute(
      "CREATE FUNCTION slowly() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_sleep(0.004); RETURN new; END';"
      "CREATE TRIGGER slowly BEFORE UPDATE OF n ON items FOR EACH ROW WHEN (new.id <= 600) EXECUTE FUNCTION slowly();"
      "DELETE FROM items WHERE id > 2000");
  spec_.workers = 1;
  spec_.batch.min_rows = spec_.batch.max_rows = 100;  // 0.4 s: in time, but not for those who wait
  spec_.batch.target_time = 500ms;
  Database application(cluster_.conninfo());
  running_ = std::async(std::launch::async, [this] { return run_job(spec_, settings_, {}, control_, watcher_); });
  ASSERT_TRUE(eventually(30s, [&] {
    return database_.integer("SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep'") > 0;
  }));
  // Round and round, so that it meets batches in all their moments.
  for (std::int64_t id = 1; watcher_.failures == 0 && runs(); id = (id + 7) % 600)
    application.execute("UPDATE items SET pad = 'theirs' WHERE id = " + std::to_string(id));
  const RunReport report = running_.get();
  EXPECT_EQ(report.exit, ExitCode::done) << report.error.message;
  EXPECT_GT(watcher_.failures, 0);
  EXPECT_EQ(database_.integer("SELECT count(*) FROM items WHERE n = 1"), 2000);
}

}  // namespace
}  // namespace pgfill::tests
