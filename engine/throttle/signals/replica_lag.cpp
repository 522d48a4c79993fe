#include "throttle/signals/replica_lag.h"

#include <algorithm>
#include <limits>

#include "throttle/signals/add_signal.h"
#include "throttle/signals/named_replica.h"
#include "throttle/statements.h"

namespace pgfill::throttle {
namespace {

enum Column { timeline, position, called, hidden, replayed, has_replayed, replay_lag };

}  // namespace

ReplicaLag::ReplicaLag(double seconds, double bytes, std::shared_ptr<WalClock> wal)
    : Signal("replica_lag", SignalKind::lag, seconds, Unit::seconds), most_bytes_(bytes), wal_(std::move(wal)) {}

async::Task<std::vector<Reading>> ReplicaLag::read(postgres::Session& session) {
  const postgres::Rows rows = co_await session.query(sql::throttle_replica_lag, no_parameters, answer_time);
  if (rows.text(0, timeline) != timeline_) progress_.clear();
  timeline_ = rows.string(0, timeline);
  wal_->note(async::Clock::now(), rows.integer(0, position));
  std::set<std::string> present;
  std::vector<Reading> readings;
  for (int row = 0; row < rows.size() && !rows.is_null(row, called); ++row) {
    present.insert(rows.string(row, called));
    judge_replica(rows, row, readings);
  }
  for (const auto& [replica, progress] : progress_) {
    if (present.contains(replica)) continue;
    readings.push_back(
        unknown("not connected to the primary any more; to go on without it: pgfill set JOB "
                "'throttle.ignore=[replica_lag]'",
                replica));
  }
  co_return readings;
}

void ReplicaLag::judge_replica(const postgres::Rows& rows, int row, std::vector<Reading>& readings) {
  const std::string replica = rows.string(row, called);
  if (rows.boolean(row, hidden)) {
    progress_.try_emplace(replica);  // it must not be missed less than one that can be seen
    readings.push_back(unknown("this role may not see it (GRANT pg_read_all_stats)", replica));
    return;
  }
  if (rows.is_null(row, replayed)) {
    readings.push_back(unknown("it has not reported how far it is", replica));
    return;
  }
  const std::int64_t at = rows.integer(row, replayed);
  const std::int64_t behind = std::max<std::int64_t>(0, wal_->position() - at);
  // A receiver that replays nothing (pg_receivewal) may come and go.
  ReplicaProgress passing;
  ReplicaProgress& progress = rows.boolean(row, has_replayed) ? progress_[replica] : passing;
  double seconds = progress.take(*wal_, at, async::Clock::now());
  // PostgreSQL's own figure stands still with the replica, but at the start of a run it knows what we do not.
  if (behind > 0) seconds = std::max(seconds, rows.real(row, replay_lag));
  readings.push_back(known(seconds, replica));
  readings.push_back(backlog(static_cast<double>(behind), replica));
}

Reading ReplicaLag::backlog(double bytes, std::string replica) const {
  Reading reading = known(bytes, std::move(replica));
  reading.signal = "replica_backlog";
  reading.limit = most_bytes_;
  reading.unit = Unit::bytes;
  return reading;
}

void add_replica_lag(const Throttle& limits, const SignalContext& context, Signals& signals) {
  if (!limits.replica_lag && !limits.replica_backlog) return;
  constexpr double off = std::numeric_limits<double>::infinity();
  const double lag = limits.replica_lag ? std::chrono::duration<double>(*limits.replica_lag).count() : off;
  const double backlog = limits.replica_backlog ? static_cast<double>(*limits.replica_backlog) : off;
  const auto wal = std::make_shared<WalClock>();
  add<ReplicaLag>(signals, lag, backlog, wal);
  for (const ReplicaConnection& replica : limits.replicas) {
    add<NamedReplica>(signals, replica, lag, wal, context.sessions);
  }
}

}  // namespace pgfill::throttle
