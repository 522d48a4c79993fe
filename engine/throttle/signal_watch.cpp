#include "throttle/signal_watch.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace pgfill::throttle {
namespace {

using std::chrono::duration;

/// Where a signal that has stopped the job opens again, relative to its limit.
constexpr double lag_opens_below = 0.5;
constexpr double guardrail_opens_below = 0.8;
constexpr double gauge_stops_at = 2;
constexpr double gauge_opens_below = 1;
/// A lag is judged by where it will be in this many seconds.
constexpr double look_ahead = 3;
constexpr double averaging_seconds = 1;
/// A lag is not parked near its limit: from three quarters of it on it presses as a gauge over its own.
constexpr double lag_weight = 1.5;
constexpr double forecast_weight = 0.9;
/// Whatever a sensor says, pressure is a number that can be calculated with.
constexpr double most_pressure = 1e6;
/// As in throttle/effort.h: from here on growth is held.
constexpr double presses_from = 0.85;

double median(const std::deque<double>& values) {
  std::vector<double> sorted(values.begin(), values.end());
  std::sort(sorted.begin(), sorted.end());
  return sorted[(sorted.size() - 1) / 2];
}

}  // namespace

void SignalWatch::take(const Reading& reading) {
  if (taken_ && reading.read_at < reading_.read_at) return;
  const bool other_limit = taken_ && (reading.limit != reading_.limit || reading.kind != reading_.kind);
  if (other_limit) newest_.clear();
  reading_ = reading;
  taken_ = true;
  if (!why_unknown(reading, reading.read_at).empty()) {
    over_ = true;
    newest_.clear();
    return;
  }
  follow(std::min(*utilisation(reading), most_pressure), reading.read_at);
}

void SignalWatch::follow(double value, async::TimePoint at) {
  const bool first = newest_.empty();
  const double seconds = first ? 0 : std::max(1e-3, duration<double>(at - known_at_).count());
  const double weight = 1 - std::exp(-seconds / averaging_seconds);
  slope_ = first ? 0 : slope_ + weight * ((value - newest_.back()) / seconds - slope_);
  newest_.push_back(value);
  if (newest_.size() > 3) newest_.pop_front();
  smooth_ = first ? value : smooth_ + weight * (median(newest_) - smooth_);
  known_at_ = at;
  switch (reading_.kind) {
    case SignalKind::gauge:
      over_ = over_ ? value >= gauge_opens_below : median(newest_) >= gauge_stops_at;
      break;
    case SignalKind::lag:
      over_ = value > (over_ ? lag_opens_below : 1);
      break;
    case SignalKind::guardrail:
      over_ = value > (over_ ? guardrail_opens_below : 1);
      break;
  }
}

Judgement SignalWatch::judge(async::TimePoint now) {
  const bool unknown = !why_unknown(reading_, now).empty();
  over_ = over_ || unknown;
  if (!over_) return steer(now);
  Judgement judgement;
  judgement.severity = reading_.kind == SignalKind::guardrail ? Severity::guardrail : Severity::stop;
  judgement.load = !unknown;
  judgement.sentence = sentence(reading_, now);
  if (!unknown && *utilisation(reading_) <= 1) judgement.sentence += ", not yet well under it";
  return judgement;
}

Judgement SignalWatch::steer(async::TimePoint now) const {
  Judgement judgement;
  switch (reading_.kind) {
    case SignalKind::gauge:
      judgement.pressure = smooth_;
      break;
    case SignalKind::lag:
      judgement.pressure = std::max(newest_.back() * lag_weight,
                                    (newest_.back() + std::max(0.0, slope_) * look_ahead) * forecast_weight);
      break;
    case SignalKind::guardrail:
      break;
  }
  judgement.pressure = std::clamp(judgement.pressure, 0.0, most_pressure);
  if (judgement.pressure < presses_from) return judgement;
  judgement.severity = Severity::slow;
  judgement.sentence = sentence(reading_, now) + forecast();
  return judgement;
}

/// For a lag that rises: when it will pass its limit.
std::string SignalWatch::forecast() const {
  if (reading_.kind != SignalKind::lag || slope_ <= 0) return {};
  const double seconds = (1 - newest_.back()) / slope_;
  return seconds < 60 ? ", over it in " + quantity(std::max(0.1, seconds), Unit::seconds) + " at this rate" : "";
}

}  // namespace pgfill::throttle
