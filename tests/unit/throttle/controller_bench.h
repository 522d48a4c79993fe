// A controller under test, the signals it hears, and the time.
#pragma once

#include <limits>
#include <optional>
#include <string>

#include "throttle/controller.h"

namespace pgfill::throttle {

using async::TimePoint;
using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::seconds;

inline constexpr milliseconds period{500};
inline constexpr double infinite = std::numeric_limits<double>::infinity();

struct Bench {
  explicit Bench(ControllerLimits limits = {}) : controller(limits) {}

  void say(const std::string& signal, SignalKind kind, std::optional<double> value, double limit,
           const std::string& subject = "") {
    Reading reading;
    reading.signal = signal;
    reading.subject = subject;
    reading.kind = kind;
    reading.value = value;
    reading.limit = limit;
    reading.unit = kind == SignalKind::lag ? Unit::seconds : Unit::count;
    reading.read_at = now;
    reading.max_age = 2 * period;
    controller.take(reading);
  }
  Decision gauge(std::optional<double> value, double limit = 100) {
    say("active_sessions", SignalKind::gauge, value, limit);
    return controller.decide(now);
  }
  Decision lag(std::optional<double> value, double limit = 1.5) {
    say("replica_lag", SignalKind::lag, value, limit, "r2");
    return controller.decide(now);
  }
  Decision guardrail(std::optional<double> value, double limit = 100) {
    say("xid_age", SignalKind::guardrail, value, limit);
    return controller.decide(now);
  }
  /// The gauge stays at `value` for this long.
  Decision hold(double value, seconds length) {
    Decision decision;
    for (const TimePoint until = now + length; now < until; now += period) decision = gauge(value);
    return decision;
  }

  Controller controller;
  TimePoint now = TimePoint(seconds(1000));
};

}  // namespace pgfill::throttle
