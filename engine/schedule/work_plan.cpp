#include "schedule/work_plan.h"

#include <algorithm>
#include <cassert>

namespace pgfill::schedule {
namespace {

/// One more session than there was room for, or under a password that has changed since, says nothing about the others.
bool concerns_nobody_else(FailureClass failure) {
  return failure == FailureClass::stop || failure == FailureClass::pause;
}

}  // namespace

void WorkPlan::begin_run() {
  assert(!running_ && "one run at a time");
  drained_ = false;
  running_ = true;
  for (auto& [worker, refused] : refused_) refused.why.clear();
  connected_.clear();
}

Ending WorkPlan::end_run() {
  assert(running_ && "a run ends that has begun");
  running_ = false;
  return drained_ && !ending_ ? Ending{} : ending();
}

bool WorkPlan::set_workers(int workers) {
  if (workers == workers_) return false;
  workers_ = std::max(1, workers);
  return true;
}

void WorkPlan::stop() {
  if (!ending_) ending_ = Ending{Ending::How::stopped, {}, {}};
}

void WorkPlan::fail(RangeOutcome failure, std::optional<std::int64_t> range) {
  if (!ending_) ending_ = Ending{Ending::How::failed, std::move(failure), range};
}

std::string WorkPlan::waiting_for() const {
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

/// A worker on its way to a range counts as busy, so that nobody takes the job for finished meanwhile.
WorkPlan::Request WorkPlan::ask(async::TimePoint now) {
  assert(running_ && !over() && "nothing is begun that would not be finished");
  ++busy_;
  return {due_again(now), freed_};
}

WorkPlan::Next WorkPlan::leased(int worker, const Request& request, const NextRange& answer) {
  assert(busy_ >= 1 && !(answer.range && answer.failure));
  note_lease(worker, answer);
  if (answer.range) {
    if (answer.got_on) forgive(*answer.range);
    return {Then::run, false};
  }
  --busy_;
  const bool wakes_others = answer.failure || request.again || request.freed != freed_;
  if (answer.failure) return {request.again ? Then::settle : Then::pause, wakes_others};
  if (request.again) again_.erase(*request.again);  // done meanwhile, or no longer ours
  return {request.again || request.freed != freed_ ? Then::look_again : Then::wait, wakes_others};
}

/// Pauses grow until a worker has a range; without one it may lease all the same.
void WorkPlan::note_lease(int worker, const NextRange& next) {
  connected_.insert(worker);
  if (next.range) {
    refused_.erase(worker);
  } else if (!next.failure && refused_.contains(worker)) {
    refused_[worker].why.clear();
  }
}

void WorkPlan::ran() {
  assert(busy_ >= 1 && "a range ends that was begun");
  --busy_;
}

std::optional<async::TimePoint> WorkPlan::begin_wait() {
  async::TimePoint soonest = async::TimePoint::max();
  for (const auto& [range, again] : again_) {
    if (again.waiting) soonest = std::min(soonest, again.due);
  }
  if (busy_ == 0 && soonest == async::TimePoint::max()) {
    drained_ = true;
    return std::nullopt;
  }
  ++idle_;
  return soonest;
}

void WorkPlan::end_wait() {
  assert(idle_ >= 1 && "who stops to wait has waited");
  --idle_;
}

std::optional<std::int64_t> WorkPlan::due_again(async::TimePoint now) {
  for (auto& [range, again] : again_) {
    if (!again.waiting || again.due > now) continue;
    again.waiting = false;
    return range;
  }
  return std::nullopt;
}

/// A batch whose answer was lost had been committed: the pauses of this range begin anew.
void WorkPlan::forgive(std::int64_t range) {
  outage_since_.reset();
  const auto again = again_.find(range);
  if (again == again_.end()) return;
  again->second.attempts = 0;
  again->second.slow = {};
}

bool WorkPlan::outage_too_long(const RangeOutcome& outcome, async::TimePoint now) {
  if (outcome.failure != FailureClass::reconnect || outcome.batches > 0) {
    outage_since_.reset();
    return false;
  }
  if (!outage_since_) outage_since_ = now;
  return now - *outage_since_ > outage_budget;
}

std::chrono::milliseconds WorkPlan::delay(FailureClass failure, int attempts) {
  std::uniform_real_distribution<double> uniform;
  return retry_delay(failure, attempts, uniform(random_));
}

std::optional<event::BatchFailed> WorkPlan::settle(std::int64_t range, int worker, const RangeOutcome& outcome,
                                                   async::TimePoint now) {
  if (outcome.end == RangeOutcome::End::finished || outcome.end == RangeOutcome::End::given_back) {
    outage_since_.reset();
    again_.erase(range);
    if (outcome.end == RangeOutcome::End::given_back) ++freed_;
    return std::nullopt;
  }
  // While stopping, a batch that was cancelled on purpose is no failure.
  if (stopping()) return std::nullopt;
  Again& again = again_[range];
  again.attempts = outcome.batches > 0 ? 1 : again.attempts + 1;
  if (!worth_retrying(outcome.failure) || outage_too_long(outcome, now) ||
      tried_enough(outcome.failure, again.attempts) || again.slow.failed(outcome.failure, outcome.batches > 0)) {
    fail(outcome, range);
    return std::nullopt;
  }
  const auto pause = delay(outcome.failure, again.attempts);
  again.due = now + pause;
  again.waiting = true;
  again.why = outcome.message;
  return event::BatchFailed{range, worker, reported_as(outcome.failure), outcome.sqlstate, outcome.message, pause};
}

/// Whether one of those that may work has used its session since it last asked for one.
bool WorkPlan::others_connected() const {
  return !connected_.empty() && *connected_.begin() < workers_;
}

std::optional<WorkPlan::Pause> WorkPlan::refuse(int worker, const RangeOutcome& failure, bool no_session,
                                                async::TimePoint now) {
  assert(!stopping() && "while stopping nobody is paused");
  if (no_session) connected_.erase(worker);
  const bool alone = no_session && others_connected() && concerns_nobody_else(failure.failure);
  Refused& refused = refused_[worker];
  const bool for_good = !worth_retrying(failure.failure) || tried_enough(failure.failure, refused.attempts + 1);
  if (!alone && (for_good || outage_too_long(failure, now))) {
    fail(failure, {});
    return std::nullopt;
  }
  refused.why = failure.message;
  const auto pause = delay(failure.failure, ++refused.attempts);
  return Pause{{0, worker, reported_as(failure.failure), failure.sqlstate, failure.message, pause}, now + pause};
}

}  // namespace pgfill::schedule
