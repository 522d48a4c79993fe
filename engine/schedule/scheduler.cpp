#include "schedule/scheduler.h"

namespace pgfill::schedule {

using async::Task;

Scheduler::Scheduler(boost::asio::any_io_executor executor, throttle::Gate& gate, Seams seams, int workers,
                     unsigned seed)
    : gate_(gate), seams_(std::move(seams)), plan_(workers, seed), group_(executor), changed_(executor) {}

Task<Ending> Scheduler::run() {
  plan_.begin_run();
  spawned_ = 0;
  spawn_workers();
  co_await group_.join();
  co_return plan_.end_run();
}

void Scheduler::spawn_workers() {
  while (spawned_ < plan_.workers()) group_.spawn(work(spawned_++));
}

void Scheduler::wake_all() {
  changed_.notify_all();
  gate_.wake();
}

void Scheduler::set_workers(int workers) {
  if (!plan_.set_workers(workers)) return;
  if (plan_.run_under_way() && !plan_.over()) spawn_workers();
  wake_all();
}

void Scheduler::stop() {
  plan_.stop();
  wake_all();
}

void Scheduler::fail(RangeOutcome failure, std::optional<std::int64_t> range) {
  plan_.fail(std::move(failure), range);
  wake_all();
}

Task<void> Scheduler::work(int worker) {
  while (!plan_.over()) {
    co_await wait_for_gate(worker);
    if (plan_.over()) break;
    std::optional<RangeOutcome> refused = co_await seams_.connect(worker);
    if (refused) {
      co_await pause_worker(worker, std::move(*refused), true);
      continue;
    }
    if (plan_.over()) break;
    const bool goes_on = co_await find_work(worker);
    if (!goes_on) break;
  }
}

/// Asks for a range and does what the plan says then. False: nothing is left.
Task<bool> Scheduler::find_work(int worker) {
  const WorkPlan::Request request = plan_.ask(async::Clock::now());
  NextRange answer = co_await seams_.next_range(worker, request.again);
  const WorkPlan::Next next = plan_.leased(worker, request, answer);
  if (next.wakes_others) changed_.notify_all();
  switch (next.then) {
    case WorkPlan::Then::run: {
      const RangeOutcome outcome = co_await seams_.run_range(worker);
      plan_.ran();
      settle(*answer.range, worker, outcome);
      co_return true;
    }
    case WorkPlan::Then::settle:
      settle(*request.again, worker, *answer.failure);
      co_return true;
    case WorkPlan::Then::pause:
      co_await pause_worker(worker, std::move(*answer.failure));
      co_return true;
    case WorkPlan::Then::look_again:
      co_return true;
    case WorkPlan::Then::wait:
      break;
  }
  co_return co_await wait_for_work();
}

Task<void> Scheduler::wait_for_gate(int worker) {
  while (!plan_.over() && !(gate_.is_open() && may_work(worker))) co_await gate_.wait_change();
}

/// Nothing is free. Returns false when nothing ever will be: then the job is done.
Task<bool> Scheduler::wait_for_work() {
  const std::optional<async::TimePoint> soonest = plan_.begin_wait();
  if (!soonest) {
    wake_all();
    co_return false;
  }
  co_await changed_.wait(*soonest);
  plan_.end_wait();
  co_return true;
}

void Scheduler::settle(std::int64_t range, int worker, const RangeOutcome& outcome) {
  const bool was_stopping = plan_.stopping();
  changed_.notify_all();
  std::optional<event::BatchFailed> failed = plan_.settle(range, worker, outcome, async::Clock::now());
  if (plan_.stopping() && !was_stopping) wake_all();
  if (failed) seams_.failed(std::move(*failed));
}

/// A worker that could not even lease waits by itself. `no_session`: it could not even connect.
Task<void> Scheduler::pause_worker(int worker, RangeOutcome failure, bool no_session) {
  if (plan_.stopping()) co_return;
  std::optional<WorkPlan::Pause> pause = plan_.refuse(worker, failure, no_session, async::Clock::now());
  if (!pause) {
    wake_all();
    co_return;
  }
  const async::TimePoint until = pause->until;
  seams_.failed(std::move(pause->failed));
  while (!plan_.over() && async::Clock::now() < until) co_await changed_.wait(until);
}

}  // namespace pgfill::schedule
