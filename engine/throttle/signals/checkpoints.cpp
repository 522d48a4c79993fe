#include "throttle/signals/checkpoints.h"

#include "postgres/server_version.h"
#include "throttle/signals/add_signal.h"
#include "throttle/statements.h"

namespace pgfill::throttle {

Checkpoints::Checkpoints(int a_minute) : Signal("checkpoints", SignalKind::gauge, a_minute, Unit::count) {}

async::Task<std::vector<Reading>> Checkpoints::read(postgres::Session& session) {
  const bool new_view = postgres::has(session.server_version(), postgres::Feature::view_of_checkpointer);
  const sql::Statement statement = new_view ? sql::throttle_checkpoints_17 : sql::throttle_checkpoints;
  const postgres::Rows rows = co_await session.query(statement, no_parameters, answer_time);
  const std::int64_t count = rows.integer(0, 0);
  const async::TimePoint now = async::Clock::now();
  // The statistics may have been reset, or lost in a failover.
  if (!counts_.empty() && count < counts_.back().second) counts_.clear();
  counts_.emplace_back(now, count);
  while (now - counts_.front().first > std::chrono::minutes(1)) counts_.pop_front();
  std::vector<Reading> readings{known(static_cast<double>(count - counts_.front().second))};
  co_return readings;
}

void add_checkpoints(const Throttle& limits, const SignalContext&, Signals& signals) {
  if (limits.checkpoints) add<Checkpoints>(signals, *limits.checkpoints);
}

}  // namespace pgfill::throttle
