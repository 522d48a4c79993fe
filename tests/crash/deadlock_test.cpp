// An application that locks rows against the order of the job, many at a time and for long, is never made the victim of
// a deadlock. PGFILL_DEADLOCK_SECONDS asks for more than 20.
#include <gtest/gtest.h>

#include <iostream>

#include "pgfill/job.h"
#include "rig/writers.h"
#include "support/job_process.h"
#include "support/subject_case.h"

namespace pgfill::tests {
namespace {

using Clock = std::chrono::steady_clock;
using namespace std::chrono_literals;

constexpr std::int64_t rows = 4'000;

/// How often the job put rows off, and how often a batch failed.
class Troubles : public Observer {
 public:
  void on_event(const Event& event) override {
    if (const auto* put_off = std::get_if<event::RowsDeferred>(&event.body)) deferred += put_off->rows;
    if (std::holds_alternative<event::BatchFailed>(event.body)) ++failed;
    if (std::holds_alternative<event::BatchCommitted>(event.body)) ++committed;
  }
  void on_progress(const Progress&) override {}

  std::int64_t deferred = 0;
  std::int64_t failed = 0;
  std::int64_t committed = 0;
};

rig::WritersOptions busy_writers(std::uint64_t seed) {
  rig::WritersOptions options;
  options.writers = 16;
  options.rate = 400;
  options.seed = seed;
  options.longest_hold = 300ms;
  options.mix = {};
  options.mix.change = 0.3;
  options.mix.pair = 0.3;
  options.mix.hold = 0.3;
  return options;
}

struct Sums {
  int jobs = 0;
  std::int64_t transactions = 0;
  std::int64_t deadlocks = 0;
};

/// One job from begin to end, the application at work all the time. Every second one gives way to nobody: a short wait
/// for locks has to do.
void run_once(Sums& sums, Troubles& troubles) {
  ScratchDatabase scratch;
  SubjectCase subject(scratch.conninfo(), rows);
  rig::Writers writers(subject.connection(), rig::subject_workload(rows),
                       busy_writers(static_cast<std::uint64_t>(++sums.jobs)));
  JobSpec spec = subject.spec(400, 4);
  if (sums.jobs % 2 == 0) spec.throttle.lock_wait = 60s;
  Control control;
  const RunReport report = run_job(spec, subject.connection(), {}, control, troubles);
  writers.stop();
  EXPECT_EQ(report.exit, ExitCode::done) << report.error.message;
  for (const auto& [sqlstate, count] : writers.errors()) {
    ADD_FAILURE() << "the application was refused " << count << " times with " << sqlstate;
  }
  const auto verdict = subject.judge(writers.acknowledged());
  EXPECT_TRUE(verdict.passed()) << verdict.to_text();
  sums.transactions += writers.latency().transactions;
  // Sessions that have ended have reported what they saw.
  sums.deadlocks +=
      subject.database().integer("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()");
}

TEST(Deadlock, TheApplicationIsNeverItsVictim) {
  const std::chrono::seconds least{number_from_environment("PGFILL_DEADLOCK_SECONDS", 20)};
  const auto begun = Clock::now();
  Sums sums;
  Troubles troubles;
  while (Clock::now() - begun < least && !HasFailure()) run_once(sums, troubles);
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(Clock::now() - begun);
  std::cout << sums.jobs << " jobs in " << seconds.count() << " s, " << sums.transactions
            << " transactions of the application, " << troubles.committed << " batches, " << troubles.deferred
            << " rows deferred, " << troubles.failed << " batches tried again, " << sums.deadlocks << " deadlocks\n";
  EXPECT_EQ(sums.deadlocks, 0);
  EXPECT_GT(troubles.deferred, 0) << "nothing was in the job's way";
}

}  // namespace
}  // namespace pgfill::tests
