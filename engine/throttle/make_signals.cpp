#include "throttle/make_signals.h"

#include <limits>

#include "throttle/signals/replica_lag.h"
#include "throttle/signals/standby_wait.h"

namespace pgfill::throttle {
namespace {

using Signals = std::vector<std::unique_ptr<Signal>>;

constexpr double off = std::numeric_limits<double>::infinity();

double seconds(async::milliseconds duration) {
  return std::chrono::duration<double>(duration).count();
}

void add_replicas(const Throttle& limits, const SignalContext&, Signals& signals) {
  const double lag = limits.replica_lag ? seconds(*limits.replica_lag) : off;
  const double backlog = limits.replica_backlog ? static_cast<double>(*limits.replica_backlog) : off;
  if (!limits.replica_lag && !limits.replica_backlog) return;
  const auto wal = std::make_shared<WalClock>();
  signals.push_back(std::make_unique<ReplicaLag>(lag, backlog, wal));
}

}  // namespace

Signals make_signals(const Throttle& limits, const SignalContext& context) {
  Signals signals;
  add_replicas(limits, context, signals);
  signals.push_back(std::make_unique<StandbyWait>(context.sessions));
  return signals;
}

}  // namespace pgfill::throttle
