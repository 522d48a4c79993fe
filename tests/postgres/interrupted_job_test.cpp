// run_job against a real server, interrupted: stops, second runners, locks, lost connections.
#include <unistd.h>

#include <future>

#include "support/run_job_fixture.h"

namespace pgfill::tests {
namespace {

using namespace std::chrono_literals;

class InterruptedJob : public RunJob {};

TEST_F(InterruptedJob, StopsAfterTheBatchAndResumesWithoutRepeating) {
  make_items(20000);
  Control control;
  watcher_.on_batch = [&] {
    if (watcher_.batches == 5) control.stop();
  };
  const RunReport stopped = run_job(counter_spec(), settings_, {}, control, watcher_);
  EXPECT_EQ(stopped.exit, ExitCode::interrupted);
  EXPECT_LT(stopped.progress.rows_changed, 20000);
  EXPECT_EQ(database_.integer("SELECT count(*) FROM audit"), stopped.progress.rows_changed);
  EXPECT_EQ(database_.value("SELECT state FROM pgfill.job"), "stopped");
  EXPECT_EQ(database_.integer("SELECT count(*) FROM pgfill.range WHERE runner_id IS NOT NULL AND NOT done"), 0);

  watcher_.on_batch = nullptr;
  const RunReport resumed = run(counter_spec());
  EXPECT_EQ(resumed.exit, ExitCode::done);
  ASSERT_TRUE(watcher_.resumed_);
  EXPECT_EQ(watcher_.resumed_->rows_changed, stopped.progress.rows_changed);
  EXPECT_EQ(watcher_.resumed_->crashed_host, "");
  expect_each_row_once(20000);
}

TEST_F(InterruptedJob, OfADoneJobARunnerThatFellSilentIsNotShown) {
  make_items(100);
  EXPECT_EQ(run(counter_spec()).exit, ExitCode::done);
  database_.execute("UPDATE pgfill.runner SET ended_at = NULL, alive_until = now() - interval '1 minute'");
  EXPECT_EQ(job_status(settings_, "counter")->runner_host, "");
  database_.execute("UPDATE pgfill.job SET state = 'running'");
  EXPECT_NE(job_status(settings_, "counter")->runner_host, "");
}

TEST_F(InterruptedJob, ASecondStopCancelsTheBatch) {
  make_items(2000);
  database_.execute(
      "CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_sleep(0.05); RETURN new; END';"
      "CREATE TRIGGER slow BEFORE UPDATE ON items FOR EACH ROW EXECUTE FUNCTION slow()");
  Control control;
  auto running =
      std::async(std::launch::async, [&] { return run_job(counter_spec(), settings_, {}, control, watcher_); });
  ASSERT_TRUE(eventually(20s, [&] {
    return database_.integer(
               "SELECT count(*) FROM pg_stat_activity WHERE application_name LIKE 'pgfill:counter/_' "
               "AND wait_event = 'PgSleep'") > 0;
  }));
  control.stop();
  control.stop();
  ASSERT_EQ(running.wait_for(4s), std::future_status::ready) << "a batch of 25 s was waited for";
  EXPECT_EQ(running.get().exit, ExitCode::interrupted);
  EXPECT_EQ(database_.integer("SELECT count(*) FROM audit"), 0);
}

TEST_F(InterruptedJob, ASecondRunnerIsRefusedAndTheFirstIsNamed) {
  make_items(3000);
  Control control;
  control.pause("held by the test");
  auto first =
      std::async(std::launch::async, [&] { return run_job(counter_spec(), settings_, {}, control, watcher_); });
  ASSERT_TRUE(eventually(20s, [&] { return watcher_.throttled > 0; }));
  Watcher other;
  Control other_control;
  const RunReport second = run_job(counter_spec(), settings_, {}, other_control, other);
  EXPECT_EQ(second.exit, ExitCode::owned_elsewhere);
  EXPECT_NE(second.error.message.find("pid " + std::to_string(getpid())), std::string::npos) << second.error.message;
  EXPECT_EQ(watcher_.batches, 0) << "a batch began while paused";
  control.resume();
  EXPECT_EQ(first.get().exit, ExitCode::done);
  expect_each_row_once(3000);
}

TEST_F(InterruptedJob, ATakeoverFencesTheFirstRunner) {
  make_items(3000);
  Control control;
  control.pause("held by the test");
  auto first =
      std::async(std::launch::async, [&] { return run_job(counter_spec(), settings_, {}, control, watcher_); });
  ASSERT_TRUE(eventually(20s, [&] { return watcher_.throttled > 0; }));
  Watcher other;
  Control other_control;
  RunOptions takeover;
  takeover.takeover = true;
  EXPECT_EQ(run_job(counter_spec(), settings_, takeover, other_control, other).exit, ExitCode::done);
  EXPECT_EQ(first.get().exit, ExitCode::owned_elsewhere);
  expect_each_row_once(3000);
  EXPECT_EQ(database_.value("SELECT state FROM pgfill.job"), "done") << "the loser changed the winner's job";
}

TEST_F(InterruptedJob, ARangeThatWasLeasedAnewIsNotWrittenUnderTheFormerLease) {
  make_items(3000);
  JobSpec spec = counter_spec();
  spec.workers = 1;
  watcher_.on_batch = [&] {
    if (watcher_.batches != 3) return;
    std::thread([&] { database_.execute("UPDATE pgfill.range SET epoch = epoch + 1"); }).join();
  };
  EXPECT_EQ(run(spec).exit, ExitCode::owned_elsewhere);
  EXPECT_EQ(watcher_.batches, 3);
  EXPECT_EQ(database_.integer("SELECT count(*) FROM audit"),
            database_.integer("SELECT sum(rows_changed) FROM pgfill.range"));
  EXPECT_EQ(run(spec).exit, ExitCode::done);
  expect_each_row_once(3000);
}

TEST_F(InterruptedJob, GoesOnWhenItsConnectionsAreTerminated) {
  make_items(20000);
  std::atomic<int> cuts = 0;
  watcher_.on_batch = [&] { ++cuts; };
  auto running = std::async(std::launch::async, [&] { return run(counter_spec()); });
  for (int round = 1; round <= 5; ++round) {
    ASSERT_TRUE(
        eventually(30s, [&] { return cuts >= round * 3 || running.wait_for(0s) == std::future_status::ready; }));
    database_.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE 'pgfill:counter/%'");
  }
  const RunReport report = running.get();
  EXPECT_EQ(report.exit, ExitCode::done) << report.error.message;
  EXPECT_GT(watcher_.failures, 0);
  expect_each_row_once(20000);
}

TEST_F(InterruptedJob, ARunnerWhoseControlSessionWasCutIsStillKnownToLive) {
  make_items(60'000);
  Control control;
  JobSpec spec = counter_spec();
  spec.batch.min_rows = spec.batch.max_rows = 5;
  auto running = std::async(std::launch::async, [&] { return run_job(spec, settings_, {}, control, watcher_); });
  const auto control_pid = [&] {
    return database_.value("SELECT backend_pid FROM pgfill.runner WHERE ended_at IS NULL");
  };
  ASSERT_TRUE(eventually(30s, [&] { return watcher_.batches > 5; }));
  const std::string before = control_pid();
  database_.execute("SELECT pg_terminate_backend(" + before + ")");
  EXPECT_TRUE(eventually(30s, [&] { return control_pid() != before; }));
  EXPECT_EQ(run(spec).exit, ExitCode::owned_elsewhere);
  control.stop();
  EXPECT_EQ(running.get().exit, ExitCode::interrupted);
}

TEST_F(InterruptedJob, RefusesATableThatWasReplacedMeanwhile) {
  make_items(5000);
  Control control;
  watcher_.on_batch = [&] { control.stop(); };
  ASSERT_EQ(run_job(counter_spec(), settings_, {}, control, watcher_).exit, ExitCode::interrupted);
  database_.execute("DROP TABLE items; CREATE TABLE items (id bigint PRIMARY KEY, n int NOT NULL DEFAULT 0)");
  EXPECT_EQ(run(counter_spec()).error.code, ErrorCode::table_changed);
}

TEST_F(InterruptedJob, OfTwentyRunnersStartedAtOnceOneRunsAndTheRestSayWho) {
  make_items(8000);
  std::vector<std::future<ExitCode>> starts;
  for (int i = 0; i < 20; ++i) {
    starts.push_back(std::async(std::launch::async, [this] {
      Watcher watcher;
      Control control;
      return run_job(counter_spec(), settings_, {}, control, watcher).exit;
    }));
  }
  int done = 0;
  for (auto& start : starts) {
    const ExitCode exit = start.get();
    EXPECT_TRUE(exit == ExitCode::done || exit == ExitCode::owned_elsewhere) << static_cast<int>(exit);
    done += exit == ExitCode::done ? 1 : 0;
  }
  EXPECT_GE(done, 1);
  expect_each_row_once(8000);
}

}  // namespace
}  // namespace pgfill::tests
