// run_job against a real server: what a job does to the table and to the ledger.
#include <thread>

#include "support/run_job_fixture.h"

namespace pgfill::tests {
namespace {

using namespace std::chrono_literals;

class WholeJob : public RunJob {};

TEST_F(WholeJob, ChangesEveryRowOnceAndSaysSo) {
  make_items(5000);
  const RunReport report = run(counter_spec());
  EXPECT_EQ(report.exit, ExitCode::done) << report.error.message;
  EXPECT_FALSE(report.was_done_before);
  EXPECT_EQ(report.progress.rows_changed, 5000);
  EXPECT_DOUBLE_EQ(report.progress.share, 1.0);
  EXPECT_GE(watcher_.batches, 10);
  EXPECT_LE(watcher_.largest, 500);
  expect_each_row_once(5000);
  EXPECT_EQ(database_.value("SELECT state FROM pgfill.job"), "done");
  EXPECT_EQ(database_.integer("SELECT count(*) FROM pgfill.runner WHERE ended_at IS NULL"), 0);
}

TEST_F(WholeJob, AFinishedJobIsNotDoneTwiceUnlessAskedTo) {
  make_items(2000);
  ASSERT_EQ(run(counter_spec()).exit, ExitCode::done);
  const RunReport second = run(counter_spec());
  EXPECT_EQ(second.exit, ExitCode::done);
  EXPECT_TRUE(second.was_done_before);
  EXPECT_EQ(second.progress.rows_changed, 2000);
  expect_each_row_once(2000);
  RunOptions again;
  again.again = true;
  EXPECT_EQ(run(counter_spec(), again).exit, ExitCode::done);
  expect_each_row_once(2000, 2);
}

TEST_F(WholeJob, RegistersThePlanThatWasJustMade) {
  make_items(3000);
  Result<Plan> plan = plan_job(counter_spec(), settings_);
  ASSERT_TRUE(plan) << plan.error().message;
  ASSERT_EQ(plan->ranges.size(), 1u);
  const Key middle{"1000"};
  plan->ranges = {{{std::nullopt, middle}, 0.3}, {{middle, std::nullopt}, 0.7}};
  RunOptions options;
  options.plan = *plan;
  EXPECT_EQ(run(counter_spec(), options).exit, ExitCode::done);
  EXPECT_EQ(database_.integer("SELECT count(*) FROM pgfill.range WHERE lower_key = '{1000}'"), 1);
  expect_each_row_once(3000);
}

TEST_F(WholeJob, APlanThatRefusesIsRefused) {
  make_items(100);
  Result<Plan> plan = plan_job(counter_spec(), settings_);
  ASSERT_TRUE(plan) << plan.error().message;
  plan->findings.push_back({Finding::Severity::refusal, "server", ErrorCode::server_read_only, "no", "ask another"});
  RunOptions options;
  options.plan = *plan;
  const RunReport report = run(counter_spec(), options);
  EXPECT_EQ(report.error.code, ErrorCode::server_read_only);
  EXPECT_EQ(database_.integer("SELECT count(*) FROM audit"), 0);
}

TEST_F(WholeJob, ABadRowStopsTheJobAndNothingOfItsBatchRemains) {
  make_items(3000);
  database_.execute("ALTER TABLE items ADD CONSTRAINT small CHECK (NOT (id = 2500 AND n > 0))");
  const RunReport report = run(counter_spec());
  EXPECT_EQ(report.exit, ExitCode::stopped);
  EXPECT_EQ(report.error.code, ErrorCode::data_rejected);
  EXPECT_EQ(report.error.sqlstate, "23514");
  EXPECT_NE(report.error.message.find("small"), std::string::npos) << report.error.message;
  EXPECT_EQ(database_.integer("SELECT sum(rows_changed) FROM pgfill.range"),
            database_.integer("SELECT count(*) FROM audit"));
  database_.execute("ALTER TABLE items DROP CONSTRAINT small");
  EXPECT_EQ(run(counter_spec()).exit, ExitCode::done);
  expect_each_row_once(3000);
}

TEST_F(WholeJob, RefusesAnotherSpecUnderTheSameName) {
  make_items(100);
  ASSERT_EQ(run(counter_spec()).exit, ExitCode::done);
  JobSpec other = counter_spec();
  other.set() = {{"n", "n + 2"}};
  const RunReport report = run(other);
  EXPECT_EQ(report.exit, ExitCode::refused);
  EXPECT_EQ(report.error.code, ErrorCode::spec_changed);
  expect_each_row_once(100);
}

TEST_F(WholeJob, BoundAtStartLeavesLaterRowsAlone) {
  make_items(3000);
  JobSpec spec = counter_spec();
  spec.bound = Bound::at_start;
  watcher_.on_batch = [&] {
    if (watcher_.batches == 1) {
      std::thread([&] {
        Database application(scratch_.conninfo());
        application.execute("INSERT INTO items SELECT i FROM generate_series(10001, 10050) i");
      }).join();
    }
  };
  ASSERT_EQ(run(spec).exit, ExitCode::done);
  EXPECT_EQ(database_.integer("SELECT count(*) FROM items WHERE n = 1 AND id <= 3000"), 3000);
  EXPECT_EQ(database_.integer("SELECT count(*) FROM items WHERE n = 0 AND id > 10000"), 50);
}

TEST_F(WholeJob, AnOpenBoundTakesRowsInsertedAhead) {
  make_items(3000);
  watcher_.on_batch = [&] {
    if (watcher_.batches == 1) {
      std::thread([&] {
        Database application(scratch_.conninfo());
        application.execute("INSERT INTO items SELECT i FROM generate_series(10001, 10050) i");
      }).join();
    }
  };
  ASSERT_EQ(run(counter_spec()).exit, ExitCode::done);
  expect_each_row_once(3050);
}

TEST_F(WholeJob, AnIdleWorkerGetsHalfOfTheOnlyRange) {
  make_items(40000);  // one range by plan
  JobSpec spec = counter_spec();
  spec.workers = 3;
  ASSERT_EQ(run(spec).exit, ExitCode::done);
  EXPECT_GT(watcher_.splits, 0);
  expect_each_row_once(40000);
}

TEST_F(WholeJob, HostileRoleSettingsChangeNothing) {
  make_items(3000);
  database_.execute(
      "CREATE TABLE stamped (at timestamptz, f float8, n int NOT NULL DEFAULT 0, PRIMARY KEY (at, f));"
      "INSERT INTO stamped SELECT '2024-03-04'::timestamptz + i * interval '1.000001 s', i / 3.0 "
      "FROM generate_series(1, 4000) i; ANALYZE stamped;"
      "ALTER DATABASE \"" +
      scratch_.name() +
      "\" SET datestyle = 'SQL, DMY';"
      "ALTER DATABASE \"" +
      scratch_.name() +
      "\" SET extra_float_digits = 0;"
      "ALTER DATABASE \"" +
      scratch_.name() +
      "\" SET timezone = 'Asia/Kathmandu';"
      "ALTER DATABASE \"" +
      scratch_.name() +
      "\" SET default_transaction_isolation = 'serializable';"
      "ALTER DATABASE \"" +
      scratch_.name() + "\" SET statement_timeout = '3s'");
  JobSpec spec = counter_spec();
  spec.job = "stamped";
  spec.table = "stamped";
  const RunReport report = run(spec);
  ASSERT_EQ(report.exit, ExitCode::done) << report.error.message;
  EXPECT_EQ(database_.integer("SELECT count(*) FROM stamped WHERE n = 1"), 4000);
}

TEST_F(WholeJob, TextKeysFollowTheServersCollation) {
  database_.execute(
      "CREATE TABLE words (w text COLLATE \"en-x-icu\" PRIMARY KEY, n int NOT NULL DEFAULT 0);"
      "INSERT INTO words SELECT DISTINCT chr(33 + i % 90) || chr(192 + i % 60) || ' ' || md5(i::text) || "
      "E'\\'\"\\\\,{' "
      "FROM generate_series(1, 5000) i; INSERT INTO words VALUES (''); ANALYZE words");
  JobSpec spec = counter_spec();
  spec.job = "words";
  spec.table = "words";
  const RunReport report = run(spec);
  ASSERT_EQ(report.exit, ExitCode::done) << report.error.message;
  EXPECT_EQ(database_.integer("SELECT count(*) FROM words WHERE n <> 1"), 0);
}

TEST_F(WholeJob, AnEmptyTableIsDone) {
  make_items(0);
  EXPECT_EQ(run(counter_spec()).exit, ExitCode::done);
}

TEST_F(WholeJob, EveryStateChangeIsAnEvent) {
  make_items(1000);
  ASSERT_EQ(run(counter_spec()).exit, ExitCode::done);
  const Result<std::vector<EventRecord>> events = job_events(settings_, "counter", 0, 1000);
  ASSERT_TRUE(events) << events.error().message;
  ASSERT_FALSE(events->empty());
  EXPECT_EQ(events->front().kind, "job_registered");
  EXPECT_EQ(events->back().kind, "job_done");
}

TEST_F(WholeJob, StatusAndListTellWhatTheLedgerHas) {
  EXPECT_EQ(job_status(settings_, "counter").error().code, ErrorCode::ledger_missing);
  make_items(1000);
  ASSERT_EQ(run(counter_spec()).exit, ExitCode::done);
  const Result<JobStatus> status = job_status(settings_, "counter");
  ASSERT_TRUE(status) << status.error().message;
  EXPECT_EQ(status->state, JobState::done);
  EXPECT_EQ(status->rows_changed, 1000);
  EXPECT_FALSE(status->runner_alive);
  const Result<JobStatus> missing = job_status(settings_, "countre");
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code, ErrorCode::no_such_job);
  EXPECT_NE(missing.error().hint.find("counter"), std::string::npos);
  EXPECT_EQ(list_jobs(settings_)->size(), 1U);
}

TEST_F(WholeJob, ADatabaseThatCannotBeReachedIsExitSix) {
  ConnectionSettings nowhere;
  nowhere.conninfo = "host=127.0.0.1 port=1 dbname=x user=y";
  Control control;
  EXPECT_EQ(run_job(counter_spec(), nowhere, {}, control, watcher_).exit, ExitCode::unreachable);
}

TEST_F(RunJob, AnErrorOfAnyLengthIsToldInBrief) {
  make_items(100);
  database_.execute(
      "CREATE FUNCTION complain() RETURNS trigger LANGUAGE plpgsql AS "
      "'BEGIN RAISE EXCEPTION ''%'', repeat(''ü'', 500000); END';"
      "CREATE TRIGGER complain BEFORE UPDATE ON items FOR EACH ROW WHEN (old.id = 7) EXECUTE FUNCTION complain()");
  const RunReport report = run(counter_spec());
  EXPECT_EQ(report.error.code, ErrorCode::data_rejected);
  EXPECT_LT(report.error.message.size(), 3'000U);
  EXPECT_NE(report.error.message.find("ü ... (1000000 bytes), row (id) = (7)"), std::string::npos)
      << report.error.message;
}

}  // namespace
}  // namespace pgfill::tests
