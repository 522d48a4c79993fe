// A runner that is killed, frozen or interrupted once, and what the next one makes of it, beside a writing application.
// For kills without number see kill_matrix_test.cpp.
#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include <fstream>

#include "rig/oracle.h"
#include "rig/subject.h"
#include "rig/writers.h"
#include "support/database.h"
#include "support/eventually.h"
#include "support/job_process.h"

namespace pgfill::tests {
namespace {

using rig::Process;
using namespace std::chrono_literals;

constexpr std::int64_t rows = 30'000;
constexpr std::chrono::milliseconds longest_run = 60s;

// Batches are small, so that a job has many moments to be stopped at.
constexpr const char* spec_text = R"(version: 1
job: subject-n
table: public.subject
set: {n: n + 1, d: a * 2 + 1}
batch: {time: 4ms, min_rows: 50, max_rows: 300}
workers: 2
throttle: {courtesy: no}
)";

/// A subject in a database of its own, its writers, and the job to be run on it.
class Round {
 public:
  explicit Round(std::uint64_t seed) : database_(scratch_.conninfo()) {
    settings_.conninfo = scratch_.conninfo();
    rig::create_subject(settings_, rows);
    Process install = start_pgfill(scratch_, {"install"});
    if (!install.finish(longest_run).ok()) throw std::runtime_error("pgfill install: " + install.standard_error());
    rig::audit_ledger(settings_);
    spec_file_ = ::testing::TempDir() + "pgfill-" + std::to_string(::getpid()) + "-" + scratch_.name() + ".yaml";
    std::ofstream(spec_file_) << spec_text;
    rig::WritersOptions options;
    options.rate = 300;
    options.seed = seed;
    options.mix.hold = 0.04;
    writers_.emplace(settings_, rig::subject_workload(rows), options);
  }

  ~Round() { std::remove(spec_file_.c_str()); }
  Round(const Round&) = delete;
  Round& operator=(const Round&) = delete;

  Process start(const std::vector<std::string>& options = {}) {
    std::vector<std::string> arguments{"run", spec_file_, "--yes"};
    arguments.insert(arguments.end(), options.begin(), options.end());
    return start_pgfill(scratch_, arguments);
  }
  std::int64_t rows_changed() {
    return database_.integer("SELECT coalesce(sum(rows_changed), 0)::bigint FROM pgfill.range");
  }
  Database& database() { return database_; }

  /// Ends the writers and judges.
  void expect_right() {
    writers_->stop();
    for (const auto& [sqlstate, count] : writers_->errors()) {
      ADD_FAILURE() << "the application was refused " << count << " times with " << sqlstate;
    }
    const auto verdict = rig::judge_subject(settings_, writers_->acknowledged());
    EXPECT_TRUE(verdict.passed()) << verdict.to_text();
    EXPECT_FALSE(writers_->acknowledged().empty());
  }

 private:
  ScratchDatabase scratch_;
  Database database_;
  ConnectionSettings settings_;
  std::string spec_file_;
  std::optional<rig::Writers> writers_;
};

TEST(Resume, ResumesAtOnceAfterAKillAndRepeatsNoRow) {
  Round round(1);
  Process job = round.start();
  ASSERT_TRUE(eventually(30s, [&] { return round.rows_changed() > rows / 4 || !job.running(); }));
  job.kill();
  const auto before = round.rows_changed();
  ASSERT_LT(before, rows * 9 / 10);
  Process again = round.start();
  EXPECT_TRUE(eventually(5s, [&] { return round.rows_changed() > before; }));
  EXPECT_TRUE(again.finish(longest_run).ok()) << again.standard_error();
  round.expect_right();
}

TEST(Resume, AFrozenRunnerThatWakesAfterATakeoverWritesNothing) {
  Round round(3);
  Process frozen = round.start();
  ASSERT_TRUE(eventually(30s, [&] { return round.rows_changed() > rows / 5 || !frozen.running(); }));
  frozen.signal(SIGSTOP);
  const auto before = round.rows_changed();
  ASSERT_LT(before, rows / 2);
  Process successor = round.start({"--takeover"});
  ASSERT_TRUE(eventually(30s, [&] { return round.rows_changed() > before + rows / 10 || !successor.running(); }));
  frozen.signal(SIGCONT);
  EXPECT_EQ(frozen.finish(longest_run).exit_code, 5) << frozen.standard_error();
  EXPECT_TRUE(successor.finish(longest_run).ok()) << successor.standard_error();
  round.expect_right();
}

TEST(Resume, StopsAfterTheCurrentBatchOnSigintAndGoesOnWhenRunAgain) {
  Round round(2);
  Process job = round.start();
  ASSERT_TRUE(eventually(30s, [&] { return round.rows_changed() > rows / 4 || !job.running(); }));
  job.signal(SIGINT);
  EXPECT_EQ(job.finish(5s).exit_code, 75) << job.standard_error();
  const auto before = round.rows_changed();
  EXPECT_LT(before, rows * 9 / 10);
  EXPECT_EQ(round.database().value("SELECT state FROM pgfill.job"), "stopped");
  EXPECT_EQ(round.database().value("SELECT count(*) FROM pgfill.range WHERE runner_id IS NOT NULL AND NOT done"), "0");
  Process again = round.start();
  EXPECT_TRUE(again.finish(longest_run).ok()) << again.standard_error();
  EXPECT_GT(round.rows_changed(), before);
  round.expect_right();
  Process finished = round.start();
  EXPECT_TRUE(finished.finish(longest_run).ok()) << finished.standard_error();
}

}  // namespace
}  // namespace pgfill::tests
