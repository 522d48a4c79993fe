// The machine that pgfill runs on fails it: no memory, no descriptors, clocks that jump, a name service that hangs.
// PGFILL_SEED replays the allocations that fail, PGFILL_ALLOCATIONS asks for more.
#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include <cmath>
#include <ctime>
#include <fstream>
#include <iostream>
#include <random>

#include "support/eventually.h"
#include "support/job_process.h"
#include "support/subject_case.h"
#include "support/wire_proxy.h"

namespace pgfill::tests {
namespace {

using rig::Process;
using namespace std::chrono_literals;
using Environment = std::vector<std::pair<std::string, std::string>>;

constexpr std::int64_t rows = 6'000;
constexpr std::chrono::milliseconds longest_run = 60s;

class HostFaults : public ::testing::Test {
 protected:
  Environment environment(const Environment& added = {}) const {
    Environment all = shared_cluster().primary().environment(scratch_.name());
    all.insert(all.end(), added.begin(), added.end());
    return all;
  }
  std::vector<std::string> run() { return {"run", subject_.spec_file(50, 2), "--yes"}; }
  /// A file of this test.
  std::string path(const std::string& name) const {
    return ::testing::TempDir() + "pgfill-" + std::to_string(::getpid()) + "-" + name;
  }
  void expect_right() {
    const auto verdict = subject_.judge();
    EXPECT_TRUE(verdict.passed()) << verdict.to_text();
  }

  ScratchDatabase scratch_;
  SubjectCase subject_{scratch_.conninfo(), rows};
};

TEST_F(HostFaults, AnAllocationThatFailsEndsTheRunAndTearsNothing) {
  const auto seed =
      static_cast<std::uint64_t>(number_from_environment("PGFILL_SEED", std::random_device{}() % 1'000'000));
  std::mt19937_64 random(seed);
  std::uniform_real_distribution<double> exponent(2, 4.7);
  std::map<int, int> ends;
  for (long i = number_from_environment("PGFILL_ALLOCATIONS", 30); i > 0; --i) {
    const std::string number = std::to_string(std::lround(std::pow(10, exponent(random))));
    SCOPED_TRACE("PGFILL_SEED=" + std::to_string(seed) + ", allocation " + number);
    Process job =
        start_pgfill(environment({{"LD_PRELOAD", PGFILL_PRELOAD}, {"PGFILL_TEST_FAILING_ALLOCATION", number}}), run());
    const auto end = job.finish(longest_run);
    ++ends[end.signal == 0 ? end.exit_code : -end.signal];
    // libpg_query and the C++ runtime do not bear it everywhere; the ledger does. Hanging ends by SIGKILL here.
    EXPECT_TRUE(end.signal == 0 || end.signal == SIGSEGV || end.signal == SIGABRT) << job.standard_error();
    EXPECT_TRUE(end.exit_code == 0 || end.exit_code == 70 || end.exit_code == 6) << end.exit_code;
    Process again = start_pgfill(environment(), run());
    EXPECT_TRUE(again.finish(longest_run).ok()) << again.standard_error();
    expect_right();
    subject_.reset();
  }
  for (const auto& [code, count] : ends)
    std::cout << (code < 0 ? "signal " : "exit ") << std::abs(code) << ": " << count << " times\n";
}

TEST_F(HostFaults, TooFewDescriptorsAreRefusedWithTheLimitToSet) {
  const auto limited = [&](const std::string& limit) {
    rig::ProcessSpec spec;
    spec.program = "/bin/bash";
    spec.arguments = {"-c", "ulimit " + limit + "; exec \"$0\" \"$@\"", PGFILL_BINARY};
    for (const std::string& word : run()) spec.arguments.push_back(word);
    spec.environment = environment();
    return Process(spec);
  };
  Process refused = limited("-n 16");
  EXPECT_EQ(refused.finish(longest_run).exit_code, 3);
  EXPECT_NE(refused.standard_error().find("PF2022"), std::string::npos) << refused.standard_error();
  EXPECT_NE(refused.standard_error().find("run `ulimit -n 26` first"), std::string::npos) << refused.standard_error();
  EXPECT_EQ(subject_.rows_changed(), 0);
  Process raised = limited("-S -n 16");
  EXPECT_TRUE(raised.finish(longest_run).ok()) << raised.standard_error();
  expect_right();
}

TEST_F(HostFaults, ClocksThatJumpOrDifferBetweenMachinesChangeNothing) {
  const std::string time = path("time");
  const auto set_clock = [&](const std::string& offset) { std::ofstream(time) << offset << "\n"; };
  const Environment faked{{"LD_PRELOAD", std::string(PGFILL_PRELOAD) + ":" + PGFILL_FAKETIME},
                          {"FAKETIME_TIMESTAMP_FILE", time},
                          {"FAKETIME_NO_CACHE", "1"},
                          {"DONT_FAKE_MONOTONIC", "1"}};
  const auto start = [&] { return start_pgfill(environment(faked), run()); };
  ASSERT_EQ(access(PGFILL_FAKETIME, R_OK), 0) << "the package faketime is missing: .dev/setup";
  subject_.database().execute(
      "CREATE FUNCTION slowly() RETURNS trigger LANGUAGE plpgsql AS "
      "$$BEGIN PERFORM pg_sleep(0.05); RETURN NULL; END$$");
  subject_.database().execute("CREATE TRIGGER slowly AFTER UPDATE ON subject EXECUTE FUNCTION slowly()");
  set_clock("-1d");
  rig::ProcessSpec date;
  date.program = "/bin/date";
  date.arguments = {"+%s"};
  date.environment = faked;
  Process asked(date);
  ASSERT_TRUE(asked.finish(longest_run).ok());
  EXPECT_LT(std::stoll(asked.standard_output()), std::time(nullptr) - 80'000) << "the clock is not changed";
  Process first = start();
  ASSERT_TRUE(eventually(30s, [&] { return subject_.rows_changed() > rows / 10 || !first.running(); }));
  set_clock("+1d");
  const auto before = subject_.rows_changed();
  EXPECT_TRUE(eventually(30s, [&] { return subject_.rows_changed() > before + rows / 10; })) << first.standard_error();
  Process second = start();
  EXPECT_EQ(second.finish(longest_run).exit_code, 5) << second.standard_error();
  first.kill();
  set_clock("-1d");
  Process third = start();
  EXPECT_TRUE(third.finish(longest_run).ok()) << third.standard_error();
  subject_.database().execute("DROP TRIGGER slowly ON subject");
  expect_right();
  std::remove(time.c_str());
}

/// A job whose server is known by a name, and a name service that can be made to hang.
class HangingNames : public HostFaults {
 protected:
  Process start() {
    Environment named = proxy_.environment(scratch_.name());
    for (auto& [variable, value] : named) {
      if (variable == "PGHOST") value = "localhost";
    }
    named.emplace_back("LD_PRELOAD", PGFILL_PRELOAD);
    named.emplace_back("PGFILL_TEST_HANG", file_);
    return start_pgfill(named, run());
  }
  void hang() { std::ofstream(file_) << "\n"; }
  void answer() { std::remove(file_.c_str()); }
  ~HangingNames() override { answer(); }

  std::string file_ = path("hang");
  WireProxy proxy_{shared_cluster().primary()};
};

TEST_F(HangingNames, HoldNeitherTheOtherWorkersUpNorAStop) {
  // So that the job takes its time.
  proxy_.set_rule("pgfill:", [](const WireMessage& message) {
    Fate fate;
    if (message.says_committed()) fate.delay = 20ms;
    return fate;
  });
  Process job = start();
  ASSERT_TRUE(eventually(30s, [&] { return subject_.rows_changed() > rows / 10 || !job.running(); }));
  hang();
  EXPECT_EQ(subject_.database().value("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = "
                                      "'pgfill:subject/2'"),
            "t");
  const auto before = subject_.rows_changed();
  EXPECT_TRUE(eventually(10s, [&] { return subject_.rows_changed() > before + rows / 10; })) << job.standard_error();
  EXPECT_EQ(subject_.database().value("SELECT count(*) FROM pg_stat_activity WHERE application_name = "
                                      "'pgfill:subject/2'"),
            "0");
  job.signal(SIGINT);
  EXPECT_EQ(job.finish(8s).exit_code, 75) << job.standard_error();
  answer();
  proxy_.clear_rule();
  Process again = start();
  EXPECT_TRUE(again.finish(longest_run).ok()) << again.standard_error();
  expect_right();
}

}  // namespace
}  // namespace pgfill::tests
