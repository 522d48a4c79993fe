#include "throttle/controller.h"

#include <algorithm>
#include <cmath>

namespace pgfill::throttle {

Controller::Controller(const ControllerLimits& limits) : limits_(limits), effort_(least_effort(limits)) {}

void Controller::take(const Reading& reading) {
  watches_[{reading.signal, reading.subject}].take(reading);
}

void Controller::forget(const std::string& signal) {
  std::erase_if(watches_, [&](const auto& watch) { return watch.first.first == signal; });
}

void Controller::forget(const std::string& signal, const std::string& subject) {
  watches_.erase({signal, subject});
}

void Controller::set_limits(const ControllerLimits& limits) {
  limits_ = limits;
  effort_.set_least(least_effort(limits));
}

void Controller::set_most_effort(double most, const std::string& reason) {
  effort_.set_most(most);
  if (!reason.empty()) held_by_ = reason;
}

Decision Controller::decide(async::TimePoint now) {
  Decision decision;
  double pressure = 0;
  const bool hit = collect(now, decision, pressure);
  if (hit) effort_.hit_limit();
  // Nobody learns how much is bearable while nothing runs.
  if (decision.may_begin() && decided_at_) {
    effort_.step(pressure, std::chrono::duration<double>(now - *decided_at_).count());
  }
  decided_at_ = now;
  if (decision.may_begin() && effort_.at_most()) {
    decision.severity = Severity::none;
    decision.reasons.clear();
  }
  std::stable_sort(decision.reasons.begin(), decision.reasons.end(),
                   [](const Reason& left, const Reason& right) { return left.severity > right.severity; });
  if (!decision.reasons.empty()) held_by_ = decision.reasons.front().sentence;
  explain_recovery(now, decision);
  decision.effort = effort_.value();
  decision.pace = pace_for(decision.effort, limits_);
  return decision;
}

/// What the signals ask for. Returns true when a load has come to stop the job just now.
bool Controller::collect(async::TimePoint now, Decision& decision, double& pressure) {
  bool hit = false;
  std::map<Name, Since> severe;
  for (auto& [name, watch] : watches_) {
    const Judgement judgement = watch.judge(now);
    if (overrides_.contains(name.first)) continue;
    pressure = std::max(pressure, judgement.pressure);
    decision.valid_until = std::min(decision.valid_until, watch.stale_after());
    if (judgement.severity == Severity::none) continue;
    const auto before = since_.find(name);
    const bool same = before != since_.end() && before->second.severity == judgement.severity;
    const Since since = same ? before->second : Since{judgement.severity, now};
    severe.emplace(name, since);
    hit = hit || (judgement.load && judgement.severity >= Severity::stop && !same);
    decision.severity = std::max(decision.severity, judgement.severity);
    const Reading& newest = watch.newest();
    decision.reasons.push_back(
        {name.first, judgement.severity, judgement.sentence, since.at, name.second, newest.value, newest.limit});
    if (judgement.severity == Severity::guardrail && now - since.at >= limits_.guardrail_patience) {
      decision.give_up = true;
    }
  }
  since_ = std::move(severe);
  return hit;
}

/// Nothing presses any more, but speed is still coming back.
void Controller::explain_recovery(async::TimePoint now, Decision& decision) {
  if (decision.severity != Severity::none || effort_.at_most()) {
    recovering_since_.reset();
    return;
  }
  if (!recovering_since_) recovering_since_ = now;
  decision.severity = Severity::slow;
  const int percent = static_cast<int>(std::lround(effort_.value() * 100));
  decision.reasons.push_back({"recovery", Severity::slow,
                              "speeding up again, at " + std::to_string(percent) + " %, after: " + held_by_,
                              *recovering_since_});
}

}  // namespace pgfill::throttle
