#include "schedule/scheduler.h"

#include <algorithm>

namespace pgfill::schedule {

using async::Task;

namespace {

/// One more session than there was room for, or under a password that has changed since, says nothing about the others.
bool concerns_nobody_else(FailureClass failure) {
  return failure == FailureClass::stop || failure == FailureClass::pause;
}

}  // namespace

Scheduler::Scheduler(boost::asio::any_io_executor executor, throttle::Gate& gate, Seams seams, int workers,
                     unsigned seed)
    : gate_(gate), seams_(std::move(seams)), workers_(workers), group_(executor), changed_(executor), random_(seed) {}

Task<Ending> Scheduler::run() {
  drained_ = false;
  running_ = true;
  for (auto& [worker, refused] : refused_) refused.why.clear();
  connected_.clear();
  spawned_ = 0;
  spawn_workers();
  co_await group_.join();
  running_ = false;
  co_return drained_ && !ending_ ? Ending{} : ending();
}

void Scheduler::spawn_workers() {
  while (spawned_ < workers_) group_.spawn(work(spawned_++));
}

void Scheduler::set_workers(int workers) {
  if (workers == workers_) return;
  workers_ = std::max(1, workers);
  if (running_ && !stopping() && !drained_) spawn_workers();
  changed_.notify_all();
  gate_.wake();
}

void Scheduler::stop() {
  if (!ending_) ending_ = Ending{Ending::How::stopped, {}, {}};
  changed_.notify_all();
  gate_.wake();
}

void Scheduler::fail(RangeOutcome failure, std::optional<std::int64_t> range) {
  if (!ending_) ending_ = Ending{Ending::How::failed, std::move(failure), range};
  changed_.notify_all();
  gate_.wake();
}

std::string Scheduler::waiting_for() const {
  for (const auto& [range, again] : again_) {
    if (again.waiting) {
      return "range " + std::to_string(range) + " waits after " + std::to_string(again.attempts) +
             " tries: " + again.why;
    }
  }
  for (int worker = 0; worker < workers_; ++worker) {
    const auto refused = refused_.find(worker);
    if (!running_ || refused == refused_.end() || refused->second.why.empty()) return {};
  }
  const Refused& refused = refused_.begin()->second;
  return "no worker gets work, after " + std::to_string(refused.attempts) + " tries: " + refused.why;
}

Task<void> Scheduler::work(int worker) {
  while (!stopping() && !drained_) {
    co_await wait_for_gate(worker);
    if (stopping() || drained_) break;
    std::optional<RangeOutcome> refused = co_await seams_.connect(worker);
    if (refused) {
      co_await pause_worker(worker, std::move(*refused), true);
      continue;
    }
    if (stopping() || drained_) break;
    const std::optional<std::int64_t> again = due_again();
    const std::int64_t freed = freed_;
    // A worker on its way to a range counts as busy, so that nobody takes the job for finished meanwhile.
    ++busy_;
    NextRange next = co_await seams_.next_range(worker, again);
    note_lease(worker, next);
    if (next.range) {
      if (next.got_on) forgive(*next.range);
      const RangeOutcome outcome = co_await seams_.run_range(worker);
      --busy_;
      settle(*next.range, worker, outcome);
      continue;
    }
    --busy_;
    // Others may wait for a busy worker, and this one may have to wait itself before it looks again.
    if (next.failure || again || freed != freed_) changed_.notify_all();
    if (next.failure && again) {
      settle(*again, worker, *next.failure);
    } else if (next.failure) {
      co_await pause_worker(worker, std::move(*next.failure));
    } else if (again) {
      again_.erase(*again);  // done meanwhile, or no longer ours
    } else if (freed != freed_) {
      continue;  // what is free now was not when the ledger was asked
    } else if (!co_await wait_for_work()) {
      break;
    }
  }
}

/// Pauses grow until a worker has a range; without one it may lease all the same.
void Scheduler::note_lease(int worker, const NextRange& next) {
  connected_.insert(worker);
  if (next.range) {
    refused_.erase(worker);
  } else if (!next.failure && refused_.contains(worker)) {
    refused_[worker].why.clear();
  }
}

Task<void> Scheduler::wait_for_gate(int worker) {
  while (!stopping() && !drained_ && !(gate_.is_open() && may_work(worker))) co_await gate_.wait_change();
}

/// Nothing is free. Returns false when nothing ever will be: then the job is done.
Task<bool> Scheduler::wait_for_work() {
  async::TimePoint soonest = async::TimePoint::max();
  for (const auto& [range, again] : again_) {
    if (again.waiting) soonest = std::min(soonest, again.due);
  }
  if (busy_ == 0 && soonest == async::TimePoint::max()) {
    drained_ = true;
    changed_.notify_all();
    gate_.wake();
    co_return false;
  }
  ++idle_;
  co_await changed_.wait(soonest);
  --idle_;
  co_return true;
}

std::optional<std::int64_t> Scheduler::due_again() {
  const async::TimePoint now = async::Clock::now();
  for (auto& [range, again] : again_) {
    if (!again.waiting || again.due > now) continue;
    again.waiting = false;
    return range;
  }
  return std::nullopt;
}

/// A batch whose answer was lost had been committed: the pauses of this range begin anew.
void Scheduler::forgive(std::int64_t range) {
  outage_since_.reset();
  const auto again = again_.find(range);
  if (again == again_.end()) return;
  again->second.attempts = 0;
  again->second.slow = {};
}

bool Scheduler::outage_too_long(const RangeOutcome& outcome) {
  if (outcome.failure != FailureClass::reconnect || outcome.batches > 0) {
    outage_since_.reset();
    return false;
  }
  const async::TimePoint now = async::Clock::now();
  if (!outage_since_) outage_since_ = now;
  return now - *outage_since_ > outage_budget;
}

void Scheduler::settle(std::int64_t range, int worker, const RangeOutcome& outcome) {
  changed_.notify_all();
  if (outcome.end == RangeOutcome::End::finished || outcome.end == RangeOutcome::End::given_back) {
    outage_since_.reset();
    again_.erase(range);
    if (outcome.end == RangeOutcome::End::given_back) ++freed_;
    return;
  }
  // While stopping, a batch that was cancelled on purpose is no failure.
  if (stopping()) return;
  Again& again = again_[range];
  again.attempts = outcome.batches > 0 ? 1 : again.attempts + 1;
  if (!worth_retrying(outcome.failure) || outage_too_long(outcome) || tried_enough(outcome.sqlstate, again.attempts)) {
    fail(outcome, range);
    return;
  }
  if (again.slow.failed(outcome.failure, outcome.batches > 0)) {
    fail(outcome, range);
    return;
  }
  std::uniform_real_distribution<double> uniform;
  const auto delay = retry_delay(outcome.failure, again.attempts, uniform(random_));
  again.due = async::Clock::now() + delay;
  again.waiting = true;
  again.why = outcome.message;
  seams_.emit(event::BatchFailed{range, worker, outcome.failure, outcome.sqlstate, outcome.message, delay});
}

/// Whether one of those that may work has used its session since it last asked for one.
bool Scheduler::others_connected() const {
  return !connected_.empty() && *connected_.begin() < workers_;
}

/// A worker that could not even lease waits by itself. `no_session`: it could not even connect.
Task<void> Scheduler::pause_worker(int worker, RangeOutcome failure, bool no_session) {
  if (stopping()) co_return;
  if (no_session) connected_.erase(worker);
  const bool alone = no_session && others_connected() && concerns_nobody_else(failure.failure);
  Refused& refused = refused_[worker];
  const bool for_good = !worth_retrying(failure.failure) || tried_enough(failure.sqlstate, refused.attempts + 1);
  if (!alone && (for_good || outage_too_long(failure))) {
    fail(std::move(failure));
    co_return;
  }
  refused.why = failure.message;
  std::uniform_real_distribution<double> uniform;
  const auto delay = retry_delay(failure.failure, ++refused.attempts, uniform(random_));
  seams_.emit(event::BatchFailed{0, worker, failure.failure, failure.sqlstate, failure.message, delay});
  const async::TimePoint until = async::Clock::now() + delay;
  while (!stopping() && !drained_ && async::Clock::now() < until) co_await changed_.wait(until);
}

}  // namespace pgfill::schedule
