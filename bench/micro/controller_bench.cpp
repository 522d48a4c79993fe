// One decision of the throttle law: new readings of every signal of a server with two replicas, then the pace. A run
// decides twenty times a second.
#include <vector>

#include "micro/answers.h"
#include "throttle/controller.h"

namespace {

using pgfill::async::TimePoint;
using namespace pgfill::throttle;

constexpr std::chrono::milliseconds period{500};
/// Longer than the law needs from full speed down to the least effort.
constexpr int settling_periods = 400;

Reading reading(const char* signal, SignalKind kind, double value, double limit, const char* subject = "") {
  Reading reading;
  reading.signal = signal;
  reading.subject = subject;
  reading.kind = kind;
  reading.value = value;
  reading.limit = limit;
  reading.max_age = 2 * period;
  return reading;
}

/// `sessions` of 100 are busy, and a replica is so many seconds of 5 behind.
std::vector<Reading> readings(double sessions, double lag) {
  return {reading("active_sessions", SignalKind::gauge, sessions, 100),
          reading("commit_latency", SignalKind::gauge, 0.004, 0.1),
          reading("wal_rate", SignalKind::gauge, 2e6, 12e6),
          reading("lock_wait", SignalKind::gauge, 0, 0.1),
          reading("replica_lag", SignalKind::lag, 0.1, 5, "r1"),
          reading("replica_lag", SignalKind::lag, lag, 5, "r2"),
          reading("replica_backlog", SignalKind::lag, 1e6, 256e6, "r1"),
          reading("replica_backlog", SignalKind::lag, 1e6, 256e6, "r2"),
          reading("oldest_xmin", SignalKind::guardrail, 60, 14'400),
          reading("archive_backlog", SignalKind::guardrail, 0, 1e9),
          reading("slot_retention", SignalKind::guardrail, 1e6, 16e9, "r1")};
}

Decision decide(Controller& controller, std::vector<Reading>& values, TimePoint& now) {
  for (Reading& value : values) {
    value.read_at = now;
    controller.take(value);
  }
  Decision decision = controller.decide(now);
  now += period;
  return decision;
}

void decision(benchmark::State& state, double sessions, double lag, Severity expected) {
  const ControllerLimits limits;
  Controller controller(limits);
  std::vector<Reading> values = readings(sessions, lag);
  TimePoint now(std::chrono::seconds(1000));
  Decision last;
  for (int i = 0; i < settling_periods; ++i) last = decide(controller, values, now);
  for (auto _ : state) benchmark::DoNotOptimize(last = decide(controller, values, now));
  const bool free = expected == Severity::none;
  pgfill::bench::require(state, last.severity == expected, "the decision is not as severe as it should be");
  pgfill::bench::require(state, expected == Severity::stop || free == (last.effort == 1), "the effort is wrong");
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK_CAPTURE(decision, nothing_presses, 20, 0.1, Severity::none);
BENCHMARK_CAPTURE(decision, too_many_sessions, 110, 0.1, Severity::slow);
BENCHMARK_CAPTURE(decision, a_replica_lags, 20, 7, Severity::stop);

}  // namespace
