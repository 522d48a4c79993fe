// What the network can do to a run beside cutting it once: lose the answer to COMMIT again and again, swallow messages
// without a word, come and go, deliver byte by byte. The oracle must find every row done exactly once.
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <algorithm>
#include <iostream>
#include <memory>
#include <random>

#include "rig/writers.h"
#include "support/eventually.h"
#include "support/job_process.h"
#include "support/run_job_fixture.h"
#include "support/subject_case.h"
#include "support/wire_proxy.h"

namespace pgfill::tests {
namespace {

using Kind = Fate::Kind;
using Clock = std::chrono::steady_clock;
using namespace std::chrono_literals;

/// A subject behind a bad network; the application is on a good one.
class Link {
 public:
  explicit Link(std::int64_t rows) : subject_(scratch_.conninfo(), rows) {
    behind_.conninfo = proxy_.conninfo(scratch_.name());
  }

  void start_writers(std::uint64_t seed) {
    rig::WritersOptions options;
    options.rate = 150;
    options.seed = seed;
    options.mix.hold = 0.02;
    writers_.emplace(subject_.connection(), rig::subject_workload(subject_.rows()), options);
  }
  RunReport run(int batch_rows, int workers) {
    Control control;
    return run_job(subject_.spec(batch_rows, workers), behind_, {}, control, watcher);
  }
  void expect_right(const RunReport& report) {
    EXPECT_EQ(report.exit, ExitCode::done) << report.error.message;
    std::vector<std::int64_t> acknowledged;
    if (writers_) {
      writers_->stop();
      EXPECT_TRUE(writers_->errors().empty());
      acknowledged = writers_->acknowledged();
    }
    const auto verdict = subject_.judge(acknowledged);
    EXPECT_TRUE(verdict.passed()) << verdict.to_text();
  }
  WireProxy& proxy() { return proxy_; }
  SubjectCase& subject() { return subject_; }
  ConnectionSettings& settings() { return behind_; }

  Watcher watcher;

 private:
  ScratchDatabase scratch_;
  SubjectCase subject_;
  WireProxy proxy_{shared_cluster().primary()};
  ConnectionSettings behind_;
  std::optional<rig::Writers> writers_;
};

bool is_worker(const std::string& application) {
  return !application.ends_with("/control") && !application.ends_with("/signals");
}

std::uint64_t any_seed() {
  return static_cast<std::uint64_t>(number_from_environment("PGFILL_SEED", std::random_device{}() % 1'000'000));
}

TEST(CutCommit, ABatchWhoseAnswerIsLostIsNeitherRepeatedNorSkipped) {
  const auto seed = any_seed();
  SCOPED_TRACE("PGFILL_SEED=" + std::to_string(seed));
  Link link(6'000);
  link.start_writers(seed);
  const auto cuts = std::make_shared<std::atomic<int>>(0);
  const auto random = std::make_shared<std::mt19937_64>(seed);
  link.proxy().set_rule("pgfill:", [cuts, random](const WireMessage& message) {
    if (!is_worker(message.application) || !message.says_committed() || (*random)() % 3 != 0) return Fate{};
    ++*cuts;
    return Fate{Kind::cut_before};
  });
  link.expect_right(link.run(50, 2));
  std::cout << "seed " << seed << ": the answer to COMMIT was lost " << *cuts << " times\n";
  EXPECT_GE(*cuts, 20);
}

TEST(CutCommit, ALinkThatComesAndGoesIsNoReasonToStop) {
  Link link(6'000);
  link.start_writers(1);
  std::atomic<bool> over{false};
  const auto begun = Clock::now();
  std::thread flapping([&] {
    // A link that is lost while it plans ends a run, which may take longer than the first flap.
    eventually(60s, [&] { return over || link.watcher.batches > 0; });
    for (bool up = false; !over && Clock::now() - begun < 20s; up = !up) {
      eventually(300ms, [&] { return over.load(); });
      link.proxy().set_link(up);
    }
    link.proxy().set_link(true);
  });
  link.proxy().set_rule("pgfill:", [](const WireMessage& message) {
    return Fate{Kind::pass, is_worker(message.application) && message.says_committed() ? 60ms : 0ms};
  });
  const RunReport report = link.run(50, 2);
  const double seconds = std::chrono::duration<double>(Clock::now() - begun).count();
  over = true;
  flapping.join();
  const auto connects = link.proxy().connects();
  std::size_t most = 0;
  for (auto first = connects.begin(); first != connects.end(); ++first) {
    const auto last = std::upper_bound(first, connects.end(), *first + 1s);
    most = std::max(most, static_cast<std::size_t>(last - first));
  }
  std::cout << "flapping: " << connects.size() << " connects in " << seconds << " s, at most " << most
            << " in a second\n";
  link.expect_right(report);
  EXPECT_LE(static_cast<double>(connects.size()), 4 * seconds + 3);
}

double cpu_seconds() {
  rusage usage{};
  ::getrusage(RUSAGE_THREAD, &usage);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + 1e-6 * static_cast<double>(time.tv_usec);
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

TEST(CutCommit, MessagesThatArriveByteByByteAreUnderstoodWithoutSpinning) {
  Link link(100);
  link.proxy().set_fragments(1, 100us);
  const double cpu = cpu_seconds();
  const auto begun = Clock::now();
  const RunReport report = link.run(20, 2);
  const double seconds = std::chrono::duration<double>(Clock::now() - begun).count();
  const double used = cpu_seconds() - cpu;
  link.expect_right(report);
  std::cout << "byte by byte: " << used << " s of CPU in " << seconds << " s\n";
  EXPECT_LT(used, 0.3 * seconds);
}

TEST(CutCommit, SlowAnswersCostNoCpu) {
  Link link(200);
  link.proxy().set_rule("pgfill:", [](const WireMessage& message) {
    return Fate{Kind::pass, message.from == Sender::backend && message.type == 'Z' ? 50ms : 0ms};
  });
  const double cpu = cpu_seconds();
  const auto begun = Clock::now();
  link.expect_right(link.run(10, 1));
  const double seconds = std::chrono::duration<double>(Clock::now() - begun).count();
  EXPECT_LT(cpu_seconds() - cpu, 0.1 * seconds);
}

}  // namespace
}  // namespace pgfill::tests
