#include "throttle/sampler.h"

#include <algorithm>

namespace pgfill::throttle {

Sampler::Sampler(const ControllerLimits& limits, std::vector<std::unique_ptr<Signal>> signals)
    : limits_(limits), controller_(limits) {
  for (auto& signal : signals) watched_.push_back({std::move(signal), {}, false, {}});
}

void Sampler::set_limits(const ControllerLimits& limits) {
  limits_ = limits;
  controller_.set_limits(limits);
}

void Sampler::set_overrides(std::set<std::string> signals) {
  controller_.set_overrides(signals);
  overrides_ = std::move(signals);
}

bool Sampler::is_due(Watched& watched) {
  const async::TimePoint now = async::Clock::now();
  // A beat that comes a little early must not make the next reading a whole beat late.
  if (now + watched.signal->every() / 8 < watched.due) return false;
  watched.due = now + watched.signal->every();
  return true;
}

async::Task<void> Sampler::sample(postgres::Session& session) {
  for (Watched& watched : watched_) {
    if (watched.signal->elsewhere() || !is_due(watched)) continue;
    std::optional<postgres::Failure> failure;
    std::vector<Reading> readings;
    try {
      readings = co_await watched.signal->read(session);
    } catch (const postgres::Failure& unknown) {
      failure = unknown;
      readings.push_back(watched.signal->unknown(unknown.what()));
    }
    take(watched, std::move(readings));
    const bool lost = failure && (!session.open() || failure->failure_class() == FailureClass::reconnect);
    if (lost) throw postgres::Failure(*failure);
  }
}

async::Task<void> Sampler::sample_elsewhere() {
  for (Watched& watched : watched_) {
    if (!watched.signal->elsewhere() || !is_due(watched)) continue;
    std::vector<Reading> readings = co_await watched.signal->read_elsewhere();
    take(watched, std::move(readings));
  }
}

void Sampler::take(Watched& watched, std::vector<Reading> readings) {
  for (const Reading& before : watched.readings) {
    const auto same = [&](const Reading& now) { return now.signal == before.signal && now.subject == before.subject; };
    if (std::none_of(readings.begin(), readings.end(), same)) controller_.forget(before.signal, before.subject);
  }
  for (const Reading& reading : readings) controller_.take(reading);
  watched.readings = std::move(readings);
  watched.read = true;
}

Decision Sampler::decide(async::TimePoint now) {
  const Cap cap = tightest_cap();
  controller_.set_most_effort(cap.allowed.effort, cap.allowed.sentence);
  Decision decision = controller_.decide(now);
  add_unread(decision, now);
  tell_cap(decision, cap, now);
  return decision;
}

void Sampler::add_unread(Decision& decision, async::TimePoint now) const {
  for (const Watched& watched : watched_) {
    if (watched.read || overridden(watched)) continue;
    decision.severity = std::max(decision.severity, Severity::stop);
    const Reason unread{watched.signal->name(), Severity::stop,
                        std::string(watched.signal->name()) + " has not been read yet", now};
    decision.reasons.insert(decision.reasons.begin(), unread);
  }
}

Sampler::Cap Sampler::tightest_cap() const {
  Cap tightest;
  for (const Watched& watched : watched_) {
    EffortCap cap = watched.signal->effort_cap();
    if (cap.courteous) cap.effort = std::min(cap.effort, courteous_effort(limits_));
    if (!overridden(watched) && cap.effort < tightest.allowed.effort) tightest = {&watched, std::move(cap)};
  }
  return tightest;
}

/// Says so when it is the cap that holds the job back.
void Sampler::tell_cap(Decision& decision, const Cap& cap, async::TimePoint now) {
  if (cap.by == nullptr) {
    capped_since_.reset();
    return;
  }
  if (!capped_since_) capped_since_ = now;
  const double effort = cap.allowed.effort;
  if (effort > 0 && decision.effort < effort) return;
  const Severity severity = effort > 0 ? Severity::slow : Severity::stop;
  const Reason reason{cap.by->signal->name(), severity, cap.allowed.sentence, *capped_since_};
  const auto milder = [&](const Reason& other) { return other.severity <= severity; };
  decision.reasons.insert(std::find_if(decision.reasons.begin(), decision.reasons.end(), milder), reason);
  decision.severity = std::max(decision.severity, severity);
}

std::vector<Reading> Sampler::readings() const {
  std::vector<Reading> all;
  for (const Watched& watched : watched_) all.insert(all.end(), watched.readings.begin(), watched.readings.end());
  return all;
}

std::optional<std::int64_t> Sampler::replica_lag_bytes() const {
  std::optional<std::int64_t> worst;
  for (const Reading& reading : readings()) {
    if (reading.signal != "replica_backlog" || !reading.value) continue;
    worst = std::max(worst.value_or(0), static_cast<std::int64_t>(*reading.value));
  }
  return worst;
}

std::vector<int> Sampler::backends_in_the_way() const {
  std::vector<int> all;
  for (const Watched& watched : watched_) {
    for (const int pid : watched.signal->backends_in_the_way()) all.push_back(pid);
  }
  return all;
}

std::vector<std::string> Sampler::not_watched() const {
  std::vector<std::string> all;
  for (const Watched& watched : watched_) {
    const std::string why = watched.signal->not_watched();
    if (!why.empty()) all.push_back(std::string(watched.signal->name()) + " is not watched: " + why);
  }
  return all;
}

}  // namespace pgfill::throttle
