#include "run/pressure.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <utility>

#include "postgres/sqlstate.h"
#include "work/own_sessions.h"

namespace pgfill::run {
namespace {

using async::Task;
using throttle::Severity;

/// Without a new decision no batch begins after this: a process that was stopped does not go on as before.
constexpr std::chrono::milliseconds decision_holds{1000};
/// A change of pace is an event this often at most: the pace moves all the time.
constexpr std::chrono::seconds report_interval{1};
/// Signals shown by status.
constexpr std::size_t most_shown = 4;

}  // namespace

Pressure::Pressure(throttle::SignalContext context, const control::Steering& steering, throttle::Gate& gate,
                   throttle::Admission& admission, schedule::Scheduler& scheduler, ProgressMeter& meter,
                   EventLog& events)
    : context_(std::move(context)),
      steering_(steering),
      gate_(gate),
      admission_(admission),
      scheduler_(scheduler),
      meter_(meter),
      events_(events) {
  begin_sampling();
  decision_.pace.batch_time = limits().longest_batch;
}

throttle::ControllerLimits Pressure::limits() const {
  throttle::ControllerLimits limits;
  limits.most_workers = workers();
  limits.longest_batch = steering_.spec().batch.target_time;
  limits.shortest_batch = std::min(limits.shortest_batch, limits.longest_batch);
  return limits;
}

void Pressure::begin_sampling() {
  if (sampler_) context_.wal_used = wal_used();
  present_ = steering_.spec().throttle;
  sampler_ = std::make_shared<throttle::Sampler>(limits(), throttle::make_signals(present_, context_));
  sampler_->set_overrides({present_.ignore.begin(), present_.ignore.end()});
}

Task<void> Pressure::sample(postgres::Session& session) {
  if (steering_.spec().throttle != present_) begin_sampling();
  const std::shared_ptr<throttle::Sampler> sampler = sampler_;
  co_await sampler->sample(session);
  meter_.set_replica_lag(sampler_->replica_lag_bytes());
  report_unwatched();
  co_await give_way(session);
  decide();
}

/// Under other limits there is another sampler by the time an answer comes.
Task<void> Pressure::sample_elsewhere() {
  const std::shared_ptr<throttle::Sampler> sampler = sampler_;
  co_await sampler->sample_elsewhere();
}

Task<void> Pressure::give_way(postgres::Session& session) {
  const std::vector<int> backends = sampler_->backends_in_the_way();
  if (backends.empty()) co_return;
  co_await work::cancel_backends(session, backends, context_.sessions);
}

void Pressure::decide() {
  const async::TimePoint now = async::Clock::now();
  look_for_workers(now);
  scheduler_.set_workers(workers());
  sampler_->set_limits(limits());
  decision_ = sampler_->decide(now);
  admission_.set(decision_.pace, now + decision_holds);
  if (decision_.may_begin()) {
    gate_.open(WaitReason::Kind::signal);
  } else {
    gate_.close(wait_reason());
  }
  if (decision_.give_up) {
    RangeOutcome outcome;
    outcome.end = RangeOutcome::End::failed;
    outcome.failure = FailureClass::pause;
    outcome.sqlstate = postgres::state_of(postgres::Condition::guardrail);
    outcome.message = "a guardrail has not cleared: " + reason();
    scheduler_.fail(std::move(outcome));
  }
  report_pace();
}

/// The worst signal, while no batch may begin.
WaitReason Pressure::wait_reason() const {
  assert(!decision_.may_begin() && !decision_.reasons.empty() && "some signal holds the job");
  const throttle::Reason& worst = decision_.reasons.front();
  const bool limited = worst.limit && std::isfinite(*worst.limit);
  return {WaitReason::Kind::signal,
          worst.sentence,
          worst.signal,
          worst.subject,
          worst.value,
          limited ? worst.limit : std::nullopt};
}

/// Only while nobody has asked for a number. Takes the last decision for what holds now.
void Pressure::look_for_workers(async::TimePoint now) {
  const double seconds = std::chrono::duration<double>(now - std::exchange(searched_at_, now)).count();
  if (steering_.workers() > 0) return;
  const bool undisturbed = gate_.is_open() && decision_.severity == Severity::none && decision_.effort >= 1;
  const throttle::WorkState state{meter_.rows_walked(), undisturbed, scheduler_.busy(), decision_.pace.batch_time};
  if (search_.step(state, seconds)) events_.emit(search_.found());
}

/// Each reason once a run: the reader of the events learns which limits protect nothing here.
void Pressure::report_unwatched() {
  for (const std::string& reason : sampler_->not_watched()) {
    if (reported_unwatched_.insert(reason).second) events_.emit(event::NotWatched{reason});
  }
}

/// A change between full speed and less of it; that the gate closed or opened is reported elsewhere.
void Pressure::report_pace() {
  const std::string signal = decision_.reasons.empty() ? "" : decision_.reasons.front().signal;
  const bool slow = decision_.severity == Severity::slow;
  const bool was_slow = reported_ == Severity::slow;
  const async::TimePoint now = async::Clock::now();
  if ((slow == was_slow && (!slow || signal == reported_signal_)) || now - reported_at_ < report_interval) return;
  reported_at_ = now;
  reported_ = decision_.severity;
  reported_signal_ = signal;
  if (slow || decision_.severity == Severity::none) {
    events_.emit(event::PaceChanged{decision_.effort, decision_.pace.workers, decision_.pace.batch_time, reason()});
  }
}

std::optional<throttle::Reading> Pressure::reading_of(std::string_view signal) const {
  std::vector<throttle::Reading> readings = sampler_->readings();
  for (throttle::Reading& reading : readings) {
    if (reading.signal == signal) return std::move(reading);
  }
  return std::nullopt;
}

std::optional<double> Pressure::growth_used() const {
  const auto growth = reading_of("growth");
  return growth ? throttle::utilisation(*growth) : std::nullopt;
}

std::int64_t Pressure::wal_used() const {
  const auto budget = reading_of("wal_budget");
  return budget && budget->value ? static_cast<std::int64_t>(*budget->value) : context_.wal_used;
}

std::string Pressure::holder_of_versions() const {
  const auto holder = reading_of("oldest_xmin");
  return holder ? holder->subject : std::string();
}

std::string Pressure::signals() const {
  const async::TimePoint now = async::Clock::now();
  std::vector<throttle::Reading> readings = sampler_->readings();
  const auto weight = [](const throttle::Reading& reading) { return throttle::utilisation(reading).value_or(1e9); };
  std::stable_sort(readings.begin(), readings.end(),
                   [&](const auto& left, const auto& right) { return weight(left) > weight(right); });
  std::string text;
  for (std::size_t i = 0; i < std::min(readings.size(), most_shown); ++i) {
    text += (text.empty() ? "" : ", ") + throttle::sentence(readings[i], now);
  }
  return text;
}

}  // namespace pgfill::run
