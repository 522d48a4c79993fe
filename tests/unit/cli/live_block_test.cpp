#include "cli/live_block.h"

#include <gtest/gtest.h>

#include "report/style.h"

namespace pgfill::cli {
namespace {

using namespace std::chrono_literals;
using Lines = std::vector<std::string>;

Progress progress() {
  Progress progress;
  progress.job = "users-account-state";
  progress.table = "public.users";
  progress.state = JobState::running;
  progress.share = 0.661;
  progress.estimated_rows = 43'140'000;
  progress.rows_changed = 28'510'000;
  progress.rows_per_second = 6'800;
  progress.rows_per_second_average = 7'400;
  progress.eta_shortest = 65min;
  progress.eta_longest = 84min;
  progress.batch_rows = 2'300;
  progress.batch_p50 = 310ms;
  progress.batch_p99 = 480ms;
  progress.batches = 18'204;
  progress.retries = 3;
  progress.workers_busy = 4;
  progress.workers = 6;
  progress.ranges_done = 80;
  progress.ranges = 128;
  progress.replica_lag_bytes = 1'363'149;
  progress.elapsed = 12min + 5s;
  return progress;
}

TEST(LiveBlock, ShowsEverythingAt120Columns) {
  EXPECT_EQ(
      render(progress(), 120, false, true),
      (Lines{"users-account-state   update public.users   RUNNING 12m05s",
             "  progress   [###############---------] 66.1% of ~43.14M rows   28.51M changed   ETA 1h05m-1h24m",
             "  speed      6.8k rows/s now, 7.4k average   batch 2,300 rows, p50 310ms p99 480ms   workers 4 of 6",
             "  ranges     80 of 128 done   worst replica 1.3 MiB behind", "  trouble    3 retried batches",
             "  keys       p pause   r resume   q stop"}));
}

TEST(LiveBlock, FoldsAt80Columns) {
  EXPECT_EQ(render(progress(), 80, false, false),
            (Lines{"users-account-state   update public.users   RUNNING 12m05s",
                   "  progress   [###############---------] 66.1% of ~43.14M rows   28.51M changed",
                   "             ETA 1h05m-1h24m", "  speed      6.8k rows/s now, 7.4k average",
                   "             batch 2,300 rows, p50 310ms p99 480ms   workers 4 of 6",
                   "  ranges     80 of 128 done   worst replica 1.3 MiB behind", "  trouble    3 retried batches"}));
}

TEST(LiveBlock, LosesNothingAt40Columns) {
  EXPECT_EQ(render(progress(), 40, false, true),
            (Lines{"users-account-state", "update public.users   RUNNING 12m05s",
                   "  progress   [#####---] 66.1% of ~43.14M", "             rows   28.51M changed",
                   "             ETA 1h05m-1h24m", "  speed      6.8k rows/s now, 7.4k", "             average",
                   "             batch 2,300 rows, p50 310ms", "             p99 480ms   workers 4 of 6",
                   "  ranges     80 of 128 done", "             worst replica 1.3 MiB", "             behind",
                   "  trouble    3 retried batches", "  keys       p pause   r resume   q stop"}));
}

TEST(LiveBlock, IsNeverWiderThanTheTerminal) {
  Progress waiting = progress();
  waiting.state = JobState::throttled;
  waiting.reason = "replica lag of r2 is 1.9s and the limit is 1.5s; no batch begins until it is below";
  for (std::size_t width = 20; width <= 130; ++width)
    for (const std::string& line : render(waiting, width, false, true)) EXPECT_LE(report::columns(line), width) << line;
}

TEST(LiveBlock, SaysWhyAJobWaits) {
  Progress waiting = progress();
  waiting.state = JobState::throttled;
  waiting.reason = "replica lag r2 1.9s > 1.5s";
  EXPECT_EQ(render(waiting, 120, false, false).front(),
            "users-account-state   update public.users   THROTTLED 12m05s: replica lag r2 1.9s > 1.5s");
}

TEST(LiveBlock, ColourIsOnlyAdded) {
  const Lines plain = render(progress(), 100, false, true);
  const Lines painted = render(progress(), 100, true, true);
  EXPECT_NE(painted.front().find("\033[32mRUNNING\033[0m"), std::string::npos);
  EXPECT_TRUE(std::equal(plain.begin() + 1, plain.end(), painted.begin() + 1, painted.end()));
}

TEST(LiveBlock, InventsNoNumbers) {
  Progress begin;
  begin.job = "x";
  begin.table = "public.t";
  begin.state = JobState::running;
  begin.workers = 2;
  const Lines lines = render(begin, 120, false, false);
  EXPECT_EQ(lines[1], "  progress   [------------------------] 0.0% of the table   0 changed   ETA unknown");
  EXPECT_EQ(lines[2], "  speed      0 rows/s now, 0 average   no batch yet   workers 0 of 2");
  EXPECT_EQ(lines[3], "  ranges     0 of 0 done   no replica seen");
  EXPECT_EQ(lines[4], "  trouble    none");
}

TEST(ProgressLine, SaysItInOneLine) {
  EXPECT_EQ(
      progress_line(progress()),
      "66.1% of ~43.14M rows, 28.51M changed, 6.8k rows/s, batch 2,300 rows, p50 310ms p99 480ms, workers 4 of 6, "
      "worst replica 1.3 MiB behind, 3 retried batches, ETA 1h05m-1h24m");
}

TEST(ProgressLine, BeginsWithTheReasonWhenTheJobWaits) {
  Progress waiting = progress();
  waiting.state = JobState::throttled;
  waiting.reason = "paused";
  EXPECT_TRUE(progress_line(waiting).starts_with("THROTTLED 12m05s: paused; 66.1% of")) << progress_line(waiting);
}

}  // namespace
}  // namespace pgfill::cli
