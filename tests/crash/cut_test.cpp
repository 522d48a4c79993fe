// The connection is cut, or the client killed, at every message of the protocol in turn, before it and after it. The
// oracle must find every row done exactly once. PGFILL_FULL=1 tries every case; without it a share of them, chosen by
// PGFILL_SEED.
#include <gtest/gtest.h>
#include <signal.h>

#include <atomic>
#include <deque>
#include <functional>
#include <iostream>
#include <map>
#include <random>

#include "support/job_process.h"
#include "support/subject_case.h"
#include "support/wire_proxy.h"

namespace pgfill::tests {
namespace {

using Kind = Fate::Kind;
using namespace std::chrono_literals;

constexpr auto longest_case = 60s;  // a job takes less than a second
constexpr std::int64_t rows = 200;
constexpr int batch_rows = 10;
constexpr std::size_t lanes = 4;  // cases mostly wait: for a pause before a new connection, for another process

/// A database of its own and the way to it.
struct Lane {
  ScratchDatabase scratch;
  SubjectCase subject{scratch.conninfo(), rows};
  WireProxy proxy{shared_cluster().primary()};
};

struct Case {
  std::int64_t message = 0;  ///< 0: none
  Kind kind = Kind::pass;
  int workers = 1;

  std::string name() const {
    return "message " + std::to_string(message) + (kind == Kind::cut_before ? " before" : " after") + ", " +
           std::to_string(workers) + " workers";
  }
};

/// What was seen of all cases; shared by the lanes.
class Tally {
 public:
  void count(const std::string& what) {
    const std::scoped_lock lock(mutex_);
    ++counts_[what];
  }
  void fail(const std::string& text) {
    const std::scoped_lock lock(mutex_);
    if (++failures_ <= 5) ADD_FAILURE() << text;
  }
  bool hopeless() const { return failures_ >= 5; }
  std::string text() const {
    std::string text;
    for (const auto& [what, count] : counts_) text += ", " + std::to_string(count) + " " + what;
    return text;
  }

 private:
  std::mutex mutex_;
  std::map<std::string, int> counts_;
  std::atomic<int> failures_{0};
};

/// Where the harm was done, for the report of a failure.
struct Scene {
  std::mutex mutex;
  std::string text;

  void note(const WireMessage& message) {
    const std::scoped_lock lock(mutex);
    text = message.application + (message.from == Sender::frontend ? " sends " : " is sent ") + message.type;
  }
  std::string seen() {
    const std::scoped_lock lock(mutex);
    return text.empty() ? "not reached" : text;
  }
};

/// Stops a run that does not end by itself, so that a hang is a failure with a name.
class Watchdog : public Observer {
 public:
  explicit Watchdog(Control& control) : control_(control) {}
  void on_event(const Event&) override {}
  void on_progress(const Progress& progress) override {
    if (stopped_ || progress.elapsed < longest_case) return;
    stopped_ = true;
    control_.stop();
    std::cerr << "a run does not end: " << name_of(progress.state) << ", " << progress.reason << ", "
              << progress.workers_busy << " workers busy\n";
  }

 private:
  Control& control_;
  bool stopped_ = false;
};

RunReport run_once(Lane& lane, int workers) {
  ConnectionSettings settings;
  settings.conninfo = lane.proxy.conninfo(lane.scratch.name());
  Control control;
  Watchdog observer(control);
  return run_job(lane.subject.spec(batch_rows, workers), settings, {}, control, observer);
}

void cut(Lane& lane, const Case& what, Tally& tally) {
  const auto scene = std::make_shared<Scene>();
  lane.proxy.set_rule("pgfill:", [what, scene](const WireMessage& message) {
    if (message.number != what.message) return Fate{};
    scene->note(message);
    return Fate{what.kind};
  });
  try {
    RunReport report = run_once(lane, what.workers);
    const bool by_itself = report.exit == ExitCode::done;
    tally.count(scene->seen() == "not reached" ? "not reached" : by_itself ? "ended by themselves" : "run again");
    if (!by_itself) report = run_once(lane, what.workers);
    if (report.exit != ExitCode::done) {
      tally.fail(what.name() + " (" + scene->seen() + "): does not end: " + report.error.message);
      return;
    }
    const auto verdict = lane.subject.judge();
    if (!verdict.passed()) tally.fail(what.name() + " (" + scene->seen() + ")\n" + verdict.to_text());
  } catch (const std::exception& defect) {
    tally.fail(what.name() + " (" + scene->seen() + "): threw " + defect.what());
  }
}

rig::Process start(Lane& lane, int workers) {
  return start_pgfill(lane.proxy.environment(lane.scratch.name()),
                      {"run", lane.subject.spec_file(batch_rows, workers), "--yes"});
}

/// SIGKILL as soon as the message is there; before: the message is lost with the process.
void kill_client(Lane& lane, const Case& what, Tally& tally) {
  const auto scene = std::make_shared<Scene>();
  const auto pid = std::make_shared<std::atomic<pid_t>>(0);
  lane.proxy.set_rule("pgfill:", [what, scene, pid](const WireMessage& message) {
    if (message.number != what.message) return Fate{};
    while (pid->load() == 0) std::this_thread::yield();
    ::kill(pid->load(), SIGKILL);
    scene->note(message);
    return Fate{what.kind == Kind::cut_before ? Kind::cut_before : Kind::pass};
  });
  rig::Process job = start(lane, what.workers);
  *pid = job.pid();
  auto end = job.finish(60s);
  lane.proxy.clear_rule();
  tally.count(scene->seen() == "not reached" ? "not reached" : end.signal == SIGKILL ? "killed" : "ended before");
  if (!end.ok()) {
    job = start(lane, what.workers);
    end = job.finish(60s);
  }
  if (!end.ok()) {
    tally.fail(what.name() + " (" + scene->seen() + "): exit " + std::to_string(end.exit_code) + "\n" +
               job.standard_error());
    return;
  }
  const auto verdict = lane.subject.judge();
  if (!verdict.passed()) tally.fail(what.name() + " (" + scene->seen() + ")\n" + verdict.to_text());
}

using Harm = void (*)(Lane&, const Case&, Tally&);

/// Runs the cases on several lanes at once.
void try_all(const std::vector<Case>& cases, Harm harm, Tally& tally) {
  std::deque<Lane> own(std::min(lanes, cases.size()));
  std::atomic<std::size_t> next{0};
  std::vector<std::thread> threads;
  for (Lane& lane : own) {
    threads.emplace_back([&, harm] {
      for (std::size_t i = next++; i < cases.size() && !tally.hopeless(); i = next++) {
        harm(lane, cases[i], tally);
        lane.proxy.forget();
        lane.subject.reset();
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
}

/// Messages of a run in which nothing happens.
std::int64_t count_messages(bool whole_process, int workers) {
  Lane lane;
  lane.proxy.set_rule("pgfill:", [](const WireMessage&) { return Fate{}; });
  if (whole_process) {
    rig::Process job = start(lane, workers);
    EXPECT_TRUE(job.finish(60s).ok()) << job.standard_error();
  } else {
    EXPECT_EQ(run_once(lane, workers).exit, ExitCode::done);
  }
  EXPECT_TRUE(lane.subject.judge().passed());
  EXPECT_GE(lane.subject.database().integer("SELECT sum(batches) FROM pgfill.range"), rows / batch_rows);
  return lane.proxy.counted();
}

/// Before and after every message, or about `wanted` of these cases: evenly, from a place that the seed says.
std::vector<Case> choose(std::int64_t messages, int workers, std::int64_t wanted, std::uint64_t seed) {
  if (number_from_environment("PGFILL_FULL", 0) != 0) wanted = 2 * messages;
  const std::int64_t stride = std::max<std::int64_t>(1, 2 * messages / wanted) | 1;  // odd: both kinds
  std::vector<Case> cases;
  for (auto i = static_cast<std::int64_t>(seed) % stride; i < 2 * messages; i += stride) {
    cases.push_back({i / 2 + 1, i % 2 == 0 ? Kind::cut_before : Kind::cut_after, workers});
  }
  return cases;
}

void cut_everywhere(const std::string& title, Harm harm, int workers, std::int64_t wanted) {
  const auto seed =
      static_cast<std::uint64_t>(number_from_environment("PGFILL_SEED", std::random_device{}() % 1'000'000));
  SCOPED_TRACE("PGFILL_SEED=" + std::to_string(seed));
  const std::int64_t messages = count_messages(harm == &kill_client, workers);
  const auto cases = choose(messages, workers, wanted, seed);
  Tally tally;
  const auto begun = std::chrono::steady_clock::now();
  try_all(cases, harm, tally);
  const auto seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count();
  std::cout << title << ", seed " << seed << ": " << cases.size() << " of " << 2 * messages << " cases (" << messages
            << " messages) in " << seconds << " s" << tally.text() << "\n";
}

TEST(Cut, AtEveryMessageLosesAndRepeatsNothing) {
  cut_everywhere("cut, 1 worker", &cut, 1, 120);
}

TEST(Cut, AtEveryMessageOfTwoWorkersThatShareARangeLosesAndRepeatsNothing) {
  cut_everywhere("cut, 2 workers", &cut, 2, 60);
}

TEST(Cut, KillingTheClientAtEveryMessageLosesAndRepeatsNothing) {
  cut_everywhere("kill -9, 2 workers", &kill_client, 2, 60);
}

}  // namespace
}  // namespace pgfill::tests
