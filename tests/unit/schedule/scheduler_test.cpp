// The scheduler over scripted ranges: no database, no waiting longer than a retry's pause.
#include "schedule/scheduler.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <deque>
#include <set>

#include <boost/asio/this_coro.hpp>

#include "async/clock.h"
#include "async/run_to_end.h"
#include "async/task_group.h"
#include "schedule/retry_policy.h"

namespace pgfill::schedule {
namespace {

using async::Task;
using std::chrono::milliseconds;

RangeOutcome failure(FailureClass failure_class, std::int64_t batches = 0) {
  RangeOutcome outcome;
  outcome.end = RangeOutcome::End::failed;
  outcome.failure = failure_class;
  outcome.batches = batches;
  outcome.message = "scripted";
  return outcome;
}

/// A table of ranges in memory, and what happens when one is run.
struct Script {
  std::deque<std::int64_t> free;
  std::map<std::int64_t, std::deque<RangeOutcome>> failures;  ///< outcomes before a range ends well
  std::vector<std::int64_t> finished;
  std::vector<event::BatchFailed> retries;
  std::set<int> workers;
  std::map<int, std::int64_t> held;
  int running = 0;
  int most_running = 0;
  std::deque<std::int64_t> in_second_run;  ///< ranges that are there again when all are done
  bool got_on = false;                     ///< what the ledger says of a range that is leased again
  milliseconds running_for{1};
  std::function<void(std::int64_t)> on_run = [](std::int64_t) {};
  std::function<void(int)> on_answer = [](int) {};

  std::set<int> unreachable;               ///< workers whose connections are refused, after a while
  std::map<int, milliseconds> connecting;  ///< by worker: how long it takes
  std::set<int> unleased;                  ///< workers whose leases fail
  std::map<int, milliseconds> answering;   ///< and how long the answer of next_range is under way

  Task<std::optional<RangeOutcome>> connect(int worker);
  Task<NextRange> next_range(int worker, std::optional<std::int64_t> again) {
    NextRange next;
    if (again) next.range = again;
    next.got_on = again && got_on;
    if (!again && !free.empty()) {
      next.range = free.front();
      free.pop_front();
    }
    if (next.range) held[worker] = *next.range;
    if (unleased.contains(worker)) next.failure = failure(FailureClass::reconnect);
    if (answering.contains(worker)) co_await async::sleep_for(answering[worker]);
    on_answer(worker);
    co_return next;
  }

  Task<RangeOutcome> run_range(int worker) {
    const std::int64_t range = held[worker];
    workers.insert(worker);
    most_running = std::max(most_running, ++running);
    on_run(range);
    co_await async::sleep_for(running_for);
    --running;
    RangeOutcome outcome;
    if (!failures[range].empty()) {
      outcome = failures[range].front();
      failures[range].pop_front();
      if (outcome.end == RangeOutcome::End::given_back) free.push_back(range);
    } else {
      finished.push_back(range);
    }
    co_return outcome;
  }
};

Task<std::optional<RangeOutcome>> Script::connect(int worker) {
  std::optional<RangeOutcome> refused;
  if (connecting.contains(worker)) co_await async::sleep_for(connecting[worker]);
  if (unreachable.contains(worker)) {
    co_await async::sleep_for(milliseconds(20));
    refused = failure(FailureClass::reconnect);
  }
  co_return refused;
}

/// So that a job that never ends fails its test.
Task<void> stop_late(Scheduler& scheduler) {
  co_await async::sleep_for(std::chrono::seconds(10));
  scheduler.stop();
}

struct Ended {
  Ending ending;
  std::string waiting_for;
};

Task<Ended> execute(Script& script, int workers, std::function<void(Scheduler&, throttle::Gate&)> prepare) {
  const auto executor = co_await boost::asio::this_coro::executor;
  throttle::Gate gate(executor);
  Seams seams;
  seams.connect = [&script](int worker) { return script.connect(worker); };
  seams.next_range = [&script](int worker, std::optional<std::int64_t> again) {
    return script.next_range(worker, again);
  };
  seams.run_range = [&script](int worker) { return script.run_range(worker); };
  seams.emit = [&script](Event::Body body) {
    if (const auto* failed = std::get_if<event::BatchFailed>(&body)) script.retries.push_back(*failed);
  };
  Scheduler scheduler(executor, gate, seams, workers);
  prepare(scheduler, gate);
  async::TaskGroup watchdog(executor);
  watchdog.spawn(stop_late(scheduler));
  Ended run;
  run.ending = co_await scheduler.run();
  if (!script.in_second_run.empty()) {
    script.free = std::move(script.in_second_run);
    run.ending = co_await scheduler.run();
  }
  run.waiting_for = scheduler.waiting_for();
  watchdog.cancel();
  co_await watchdog.join();
  co_return run;
}

Ended run(
    Script& script, int workers, std::function<void(Scheduler&, throttle::Gate&)> prepare = [](auto&, auto&) {}) {
  return async::run_to_end(execute(script, workers, std::move(prepare)));
}

TEST(Scheduler, WorkersThatCannotConnectDoNotKeepTheJobFromEnding) {
  Script script;
  script.free = {1, 2, 3};
  script.unreachable = {1, 2, 3};
  const auto begun = async::Clock::now();
  EXPECT_EQ(run(script, 4).ending.how, Ending::How::all_done);
  EXPECT_EQ(script.workers, std::set<int>{0});
  EXPECT_LT(async::Clock::now() - begun, outage_budget);
}

TEST(Scheduler, RunsEveryRangeOnceWithBoundedWorkers) {
  Script script;
  for (std::int64_t range = 1; range <= 50; ++range) script.free.push_back(range);
  EXPECT_EQ(run(script, 4).ending.how, Ending::How::all_done);
  std::sort(script.finished.begin(), script.finished.end());
  EXPECT_EQ(script.finished.size(), 50U);
  EXPECT_EQ(std::set<std::int64_t>(script.finished.begin(), script.finished.end()).size(), 50U);
  EXPECT_EQ(script.most_running, 4);
}

TEST(Scheduler, AJobWithoutRangesIsDone) {
  Script script;
  EXPECT_EQ(run(script, 3).ending.how, Ending::How::all_done);
}

TEST(Scheduler, TriesAFailedRangeAgainWithGrowingPauses) {
  Script script;
  script.free = {1, 2};
  script.failures[1] = {failure(FailureClass::retry), failure(FailureClass::retry), failure(FailureClass::retry)};
  const Ended end = run(script, 2);
  EXPECT_EQ(end.ending.how, Ending::How::all_done);
  EXPECT_EQ(script.finished.size(), 2U);
  ASSERT_EQ(script.retries.size(), 3U);
  EXPECT_GE(script.retries[2].delay, milliseconds(100));
  EXPECT_EQ(end.waiting_for, "");
}

TEST(Scheduler, ProgressSetsThePauseBack) {
  Script script;
  script.free = {1};
  script.failures[1] = {failure(FailureClass::retry), failure(FailureClass::retry), failure(FailureClass::retry, 5)};
  run(script, 1);
  ASSERT_EQ(script.retries.size(), 3U);
  EXPECT_LE(script.retries[2].delay, milliseconds(50));
}

TEST(Scheduler, ABatchThatWasCommittedThoughItsAnswerWasLostSetsThePauseBack) {
  Script script;
  script.free = {1};
  script.got_on = true;
  script.failures[1] = std::deque<RangeOutcome>(4, failure(FailureClass::retry));
  run(script, 1);
  ASSERT_EQ(script.retries.size(), 4U);
  for (const auto& retry : script.retries) EXPECT_LE(retry.delay, milliseconds(50));
}

TEST(Scheduler, GoesOnWhenThereIsWorkAgain) {
  Script script;
  script.free = {1};
  script.in_second_run = {2, 3};
  run(script, 2);
  EXPECT_EQ(script.finished.size(), 3U);
}

TEST(Scheduler, ARangeThatIsGivenBackWhileNothingIsFoundFreeIsNotLeftUndone) {
  Script script;
  script.free = {1};
  RangeOutcome given_back;
  given_back.end = RangeOutcome::End::given_back;
  script.failures[1] = {given_back};
  // Worker 0 asks while worker 1 has the only range, and is told so when that has given it back for good.
  script.connecting[0] = milliseconds(1);
  script.running_for = milliseconds(20);
  script.answering[0] = milliseconds(60);
  Scheduler* running = nullptr;
  script.on_run = [&running](std::int64_t) { running->set_workers(1); };
  run(script, 2, [&running](Scheduler& scheduler, auto&) { running = &scheduler; });
  EXPECT_EQ(script.workers.size(), 2U);
  EXPECT_EQ(script.finished.size(), 1U);
}

TEST(Scheduler, AWorkerThatMayNotWorkAnyMoreDoesNotKeepTheOthersWaiting) {
  Script script;
  script.unleased = {1};
  script.connecting[0] = milliseconds(1);
  script.answering[1] = milliseconds(60);
  Scheduler* running = nullptr;
  // Worker 0 finds nothing and waits for worker 1, whose lease fails.
  script.on_answer = [&running](int worker) {
    if (worker == 0) running->set_workers(1);
  };
  EXPECT_EQ(run(script, 2, [&running](Scheduler& scheduler, auto&) { running = &scheduler; }).ending.how,
            Ending::How::all_done);
}

TEST(Scheduler, ARangeThatFailsForGoodEndsTheJobAndIsNamed) {
  for (const FailureClass bad :
       {FailureClass::stop, FailureClass::shrink, FailureClass::pause, FailureClass::alarm, FailureClass::fenced}) {
    Script script;
    script.free = {7};
    script.failures[7] = {failure(bad)};
    const Ending ending = run(script, 2).ending;
    EXPECT_EQ(ending.how, Ending::How::failed);
    EXPECT_EQ(ending.range, 7);
    EXPECT_TRUE(script.finished.empty());
  }
}

TEST(Scheduler, StopLeavesTheRestAndIsNotDone) {
  Script script;
  for (std::int64_t range = 1; range <= 50; ++range) script.free.push_back(range);
  Scheduler* running = nullptr;
  script.on_run = [&running](std::int64_t range) {
    if (range == 5) running->stop();
  };
  const Ended end = run(script, 1, [&running](Scheduler& scheduler, auto&) { running = &scheduler; });
  EXPECT_EQ(end.ending.how, Ending::How::stopped);
  EXPECT_EQ(script.finished.size(), 5U);
}

TEST(Scheduler, AFailureWhileStoppingIsNotAFailure) {
  Script script;
  script.free = {1};
  script.failures[1] = {failure(FailureClass::stop)};
  Scheduler* running = nullptr;
  script.on_run = [&running](std::int64_t) { running->stop(); };
  const Ended end = run(script, 1, [&running](Scheduler& scheduler, auto&) { running = &scheduler; });
  EXPECT_EQ(end.ending.how, Ending::How::stopped);
}

TEST(Scheduler, NothingBeginsWhileTheGateIsClosed) {
  Script script;
  script.free = {1, 2, 3};
  script.on_run = [](std::int64_t) { ADD_FAILURE() << "a range began behind a closed gate"; };
  run(script, 2, [](Scheduler& scheduler, throttle::Gate& gate) {
    gate.close("pause", "paused by a person");
    scheduler.stop();
  });
  EXPECT_EQ(script.free.size(), 3U);
}

TEST(Scheduler, AnIdleWorkerAsksForAPartAndTakesIt) {
  Script script;
  script.free = {1};
  script.failures[1] = {failure(FailureClass::retry)};
  Scheduler* running = nullptr;
  bool asked = false;
  script.on_run = [&](std::int64_t range) {
    if (range != 1 || script.failures[1].size() == 1) return;
    asked = running->wants_split();
    script.free.push_back(2);
    running->range_added();
  };
  run(script, 2, [&running](Scheduler& scheduler, auto&) { running = &scheduler; });
  EXPECT_TRUE(asked);
  EXPECT_EQ(script.finished.size(), 2U);
  EXPECT_EQ(script.workers.size(), 2U);
}

}  // namespace
}  // namespace pgfill::schedule
