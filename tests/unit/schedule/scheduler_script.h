// Scripted ranges in memory for tests of the scheduler, and a run of it over them that does not hang.
#pragma once

#include <algorithm>
#include <boost/asio/this_coro.hpp>
#include <deque>
#include <map>
#include <set>

#include "async/clock.h"
#include "async/run_to_end.h"
#include "async/task_group.h"
#include "schedule/scheduler.h"

namespace pgfill::schedule {

using async::Task;
using std::chrono::milliseconds;

inline RangeOutcome failure(FailureClass failure_class, std::int64_t batches = 0) {
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

  std::set<int> unreachable;  ///< workers whose connections are refused, after a while
  FailureClass refusal = FailureClass::reconnect;
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

inline Task<std::optional<RangeOutcome>> Script::connect(int worker) {
  std::optional<RangeOutcome> refused;
  if (connecting.contains(worker)) co_await async::sleep_for(connecting[worker]);
  if (unreachable.contains(worker)) {
    co_await async::sleep_for(milliseconds(20));
    refused = failure(refusal);
    on_answer(worker);
  }
  co_return refused;
}

/// So that a job that never ends fails its test.
inline Task<void> stop_late(Scheduler& scheduler) {
  co_await async::sleep_for(std::chrono::seconds(10));
  scheduler.stop();
}

struct Ended {
  Ending ending;
  std::string waiting_for;
};

inline Task<Ended> execute(Script& script, int workers, std::function<void(Scheduler&, throttle::Gate&)> prepare) {
  const auto executor = co_await boost::asio::this_coro::executor;
  throttle::Gate gate(executor);
  Seams seams;
  seams.connect = [&script](int worker) { return script.connect(worker); };
  seams.next_range = [&script](int worker, std::optional<std::int64_t> again) {
    return script.next_range(worker, again);
  };
  seams.run_range = [&script](int worker) { return script.run_range(worker); };
  seams.failed = [&script](const event::BatchFailed& failed) { script.retries.push_back(failed); };
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

inline Ended run(
    Script& script, int workers, std::function<void(Scheduler&, throttle::Gate&)> prepare = [](auto&, auto&) {}) {
  return async::run_to_end(execute(script, workers, std::move(prepare)));
}

}  // namespace pgfill::schedule
