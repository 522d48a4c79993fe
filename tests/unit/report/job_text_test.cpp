#include "report/job_text.h"

#include <gtest/gtest.h>

#include "report/style.h"

namespace pgfill::report {
namespace {

using namespace std::chrono_literals;
using Lines = std::vector<std::string>;

JobStatus status() {
  JobStatus status;
  status.job = "users-account-state";
  status.table = "public.users";
  status.state = JobState::running;
  status.share = 0.661;
  status.estimated_rows = 43'140'000;
  status.rows_changed = 28'510'000;
  status.batches = 18'204;
  status.ranges = 128;
  status.ranges_done = 80;
  status.ranges_leased = 3;
  status.rows_per_second = 6'800;
  status.retries = 3;
  status.batch_summary = "batch 2,300 rows, p50 310ms p99 480ms";
  status.runner_host = "node-a";
  status.runner_pid = 4121;
  status.runner_seen = 400ms;
  status.runner_alive = true;
  status.created_at = "2026-11-23T12:02:00Z";
  status.started_at = "2026-11-23T12:02:01Z";
  return status;
}

TEST(JobText, ARunningJobShowsWhereItStands) {
  EXPECT_EQ(status_block(status(), 120, false),
            (Lines{"users-account-state   update public.users   RUNNING",
                   "  progress   [###############---------] 66.1% of ~43.14M rows   28.51M changed",
                   "  speed      6.8k rows/s   batch 2,300 rows, p50 310ms p99 480ms",
                   "  ranges     80 of 128 done   3 leased   18,204 batches", "  trouble    3 retried batches",
                   "  runner     node-a pid 4121, seen 400ms ago",
                   "  times      created 2026-11-23T12:02:00   started 2026-11-23T12:02:01",
                   "  next       pgfill status users-account-state -w"}));
}

TEST(JobText, OneWorkerIsSaidToBeOneAndWhy) {
  JobStatus status;
  status.job = "numbers";
  status.state = JobState::running;
  status.one_at_a_time = "function f() reads item";
  std::string text;
  for (const std::string& line : status_block(status, 100, false)) text += line + "\n";
  EXPECT_NE(text.find("  workers    one, no batch beside another: function f() reads item\n"), std::string::npos)
      << text;
}

TEST(JobText, ASilentRunnerMeansACrashAndTheCommandToGoOn) {
  JobStatus crashed = status();
  crashed.runner_alive = false;
  const Lines lines = status_block(crashed, 120, false);
  EXPECT_EQ(lines.front(), "users-account-state   update public.users   CRASHED");
  EXPECT_EQ(lines.back(), "  next       pgfill run users-account-state");
}

TEST(JobText, WhomTheJobBelongsToIsShownWhenItsSpecSaysSo) {
  const Lines lines = status_block(status(), 120, false, {"team-accounts", "https://wiki.example/acc-311"});
  ASSERT_GE(lines.size(), 3U);
  EXPECT_EQ(lines[lines.size() - 3], "  owner      team-accounts");
  EXPECT_EQ(lines[lines.size() - 2], "  runbook    https://wiki.example/acc-311");
  EXPECT_EQ(status_block(status(), 120, false, {"", ""}), status_block(status(), 120, false));
}

TEST(JobText, AStoppedJobSaysWhy) {
  JobStatus bad_rows = status();
  bad_rows.state = JobState::failed;
  bad_rows.runner_alive = false;
  bad_rows.quarantined = 3;
  bad_rows.ranges_done = bad_rows.ranges;
  EXPECT_NE(status_block(bad_rows, 120, false).back().find("pgfill retry users-account-state --quarantined"),
            std::string::npos);
  JobStatus stopped = status();
  stopped.state = JobState::stopped;
  stopped.reason = "stopped by a signal";
  stopped.runner_host.clear();
  stopped.runner_alive = false;
  EXPECT_EQ(status_block(stopped, 120, false).front(),
            "users-account-state   update public.users   STOPPED: stopped by a signal");
}

TEST(JobText, TheBlockFitsAnyTerminal) {
  for (std::size_t width = 20; width <= 130; width += 5) {
    for (const std::string& line : status_block(status(), width, false)) EXPECT_LE(columns(line), width) << line;
  }
}

TEST(JobText, JobsAreListedInColumns) {
  JobStatus other = status();
  other.job = "x";
  other.state = JobState::done;
  other.share = 1;
  other.runner_host.clear();
  EXPECT_EQ(job_table({status(), other}, false),
            "JOB                  TABLE         STATE      DONE  CHANGED  RUNNER       CREATED\n"
            "users-account-state  public.users  running   66.1%   28.51M  node-a:4121  2026-11-23T12:02:00\n"
            "x                    public.users  done     100.0%   28.51M  -            2026-11-23T12:02:00\n");
}

TEST(JobText, AnEventIsOneLine) {
  EXPECT_EQ(event_line({7, "2026-11-23T12:02:00.123Z", "job_started", "started with 2 workers", "{}"}, false),
            "2026-11-23T12:02:00  job_started      started with 2 workers\n");
}

}  // namespace
}  // namespace pgfill::report
