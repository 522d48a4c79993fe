// A runner that is stopped, not dead: its session lives, so a successor has to wait for its lease.
#include <gtest/gtest.h>
#include <signal.h>

#include <iostream>

#include "ledger/runner.h"
#include "support/eventually.h"
#include "support/job_process.h"
#include "support/subject_case.h"

namespace pgfill::tests {
namespace {

using Clock = std::chrono::steady_clock;
using namespace std::chrono_literals;

constexpr std::int64_t rows = 20'000;

TEST(CutStopped, ASuccessorWaitsForTheLeaseAndTheFirstWritesNothingMore) {
  ScratchDatabase scratch;
  SubjectCase subject(scratch.conninfo(), rows);
  const std::vector<std::string> run{"run", subject.spec_file(50, 2), "--yes"};
  rig::Process frozen = start_pgfill(scratch, run);
  ASSERT_TRUE(eventually(30s, [&] { return subject.rows_changed() > rows / 5 || !frozen.running(); }));
  frozen.signal(SIGSTOP);
  const auto stopped = Clock::now();
  const auto before = subject.rows_changed();
  ASSERT_LT(before, rows);
  rig::Process successor = start_pgfill(scratch, run);
  ASSERT_TRUE(eventually(30s, [&] { return subject.rows_changed() > before + rows / 10 || !successor.running(); }))
      << successor.standard_error();
  const auto waited = std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - stopped);
  std::cout << "the successor got on " << waited.count() << " ms after the first was stopped\n";
  EXPECT_GT(waited, ledger::runner_lease - 2s);
  EXPECT_LT(waited, ledger::runner_lease + 4s);
  frozen.signal(SIGCONT);
  EXPECT_EQ(frozen.finish(60s).exit_code, 5) << frozen.standard_error();
  EXPECT_TRUE(successor.finish(60s).ok()) << successor.standard_error();
  const auto verdict = subject.judge();
  EXPECT_TRUE(verdict.passed()) << verdict.to_text();
  EXPECT_EQ(subject.database().value("SELECT count(DISTINCT epoch) > 1 FROM public.range_audit"), "t");
}

}  // namespace
}  // namespace pgfill::tests
