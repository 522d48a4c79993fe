#include "throttle/make_signals.h"

#include <limits>

#include "throttle/signals/active_sessions.h"
#include "throttle/signals/archive_backlog.h"
#include "throttle/signals/checkpoints.h"
#include "throttle/signals/commit_latency.h"
#include "throttle/signals/courtesy.h"
#include "throttle/signals/custom_query.h"
#include "throttle/signals/disk_free.h"
#include "throttle/signals/growth.h"
#include "throttle/signals/http_check.h"
#include "throttle/signals/lock_wait.h"
#include "throttle/signals/named_replica.h"
#include "throttle/signals/oldest_xmin.h"
#include "throttle/signals/replica_lag.h"
#include "throttle/signals/server_load.h"
#include "throttle/signals/slot_retention.h"
#include "throttle/signals/standby_wait.h"
#include "throttle/signals/table_lock.h"
#include "throttle/signals/time_window.h"
#include "throttle/signals/wal.h"
#include "throttle/signals/xid_age.h"

namespace pgfill::throttle {
namespace {

using Signals = std::vector<std::unique_ptr<Signal>>;

constexpr double off = std::numeric_limits<double>::infinity();

template <class S, class... Arguments>
void add(Signals& signals, Arguments&&... arguments) {
  signals.push_back(std::make_unique<S>(std::forward<Arguments>(arguments)...));
}

double share(int percent) {
  return percent / 100.0;
}

/// Those that are gone soonest come first.
void add_sessions(const Throttle& limits, const SignalContext& context, Signals& signals) {
  if (limits.lock_wait) add<LockWait>(signals, *limits.lock_wait, context.sessions);
  if (context.table != 0) add<TableLock>(signals, TableWork::ddl, context.table, context.sessions);
  add<StandbyWait>(signals, context.sessions);
  if (limits.courtesy) add<Courtesy>(signals);
  if (limits.active_sessions) add<ActiveSessions>(signals, *limits.active_sessions, context.sessions);
  if (limits.commit_latency) add<CommitLatency>(signals, *limits.commit_latency);
}

void add_replicas(const Throttle& limits, const SignalContext& context, Signals& signals) {
  if (!limits.replica_lag && !limits.replica_backlog) return;
  const double lag = limits.replica_lag ? std::chrono::duration<double>(*limits.replica_lag).count() : off;
  const double backlog = limits.replica_backlog ? static_cast<double>(*limits.replica_backlog) : off;
  const auto wal = std::make_shared<WalClock>();
  add<ReplicaLag>(signals, lag, backlog, wal);
  for (const ReplicaConnection& replica : limits.replicas) {
    add<NamedReplica>(signals, replica, lag, wal, context.sessions);
  }
}

void add_wal(const Throttle& limits, const SignalContext& context, Signals& signals) {
  const auto bytes = [](std::int64_t count) { return static_cast<double>(count); };
  if (limits.wal_rate) add<WalRate>(signals, bytes(*limits.wal_rate));
  if (limits.wal_budget) add<WalBudget>(signals, bytes(*limits.wal_budget), context.wal_used);
  if (limits.checkpoints) add<Checkpoints>(signals, *limits.checkpoints);
  if (limits.archive_backlog) add<ArchiveBacklog>(signals, bytes(*limits.archive_backlog));
  if (limits.slot_retention) add<SlotRetention>(signals, bytes(*limits.slot_retention));
}

void add_room(const Throttle& limits, const SignalContext& context, Signals& signals) {
  if (const auto& least = limits.disk_free) {
    const Unit unit = least->bytes ? Unit::bytes : Unit::share;
    const double room = least->bytes ? static_cast<double>(*least->bytes) : share(least->percent.value_or(0));
    add<DiskFree>(signals, room, unit, context.table);
  }
  if (limits.xid_age) add<XidAge>(signals, share(*limits.xid_age));
  if (limits.server_load) add<ServerLoad>(signals, share(*limits.server_load));
  if (context.table == 0) return;
  if (limits.oldest_xmin) add<OldestXmin>(signals, *limits.oldest_xmin, context.table, context.sessions);
  if (limits.growth) add<Growth>(signals, share(*limits.growth), context.table, context.table_bytes_at_start);
  if (limits.autovacuum) add<TableLock>(signals, TableWork::vacuum, context.table, context.sessions);
}

}  // namespace

Signals make_signals(const Throttle& limits, const SignalContext& context) {
  Signals signals;
  add_sessions(limits, context, signals);
  add_replicas(limits, context, signals);
  add_wal(limits, context, signals);
  add_room(limits, context, signals);
  for (const SqlSignal& signal : limits.signals) add<CustomQuery>(signals, signal, context.search_path);
  if (limits.window) add<Window>(signals, *limits.window);
  for (const HttpSignal& signal : limits.http) add<HttpCheck>(signals, signal);
  return signals;
}

}  // namespace pgfill::throttle
