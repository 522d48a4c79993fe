#include "throttle/signals/wal.h"

#include <algorithm>

#include "throttle/signals/add_signal.h"
#include "throttle/statements.h"

namespace pgfill::throttle {

WalRate::WalRate(double bytes_per_second)
    : Signal("wal_rate", SignalKind::gauge, bytes_per_second, Unit::bytes_per_second) {}

async::Task<std::vector<Reading>> WalRate::read(postgres::Session& session) {
  const postgres::Rows rows = co_await session.query(sql::throttle_wal_position, no_parameters, answer_time);
  const async::TimePoint now = async::Clock::now();
  const double seconds = std::max(1e-3, std::chrono::duration<double>(now - at_).count());
  // After a failover the position may have gone back.
  const std::int64_t written = position_ ? std::max<std::int64_t>(0, rows.integer(0, 0) - *position_) : 0;
  position_ = rows.integer(0, 0);
  at_ = now;
  std::vector<Reading> readings{known(static_cast<double>(written) / seconds)};
  co_return readings;
}

WalBudget::WalBudget(double bytes, std::int64_t used)
    : Signal("wal_budget", SignalKind::guardrail, bytes, Unit::bytes), used_(used) {}

async::Task<std::vector<Reading>> WalBudget::read(postgres::Session& session) {
  const postgres::Rows rows = co_await session.query(sql::throttle_wal_position, no_parameters, answer_time);
  const std::int64_t now = rows.integer(0, 0);
  used_ += std::max<std::int64_t>(0, now - position_.value_or(now));
  position_ = now;
  std::vector<Reading> readings{known(static_cast<double>(used_))};
  co_return readings;
}

void add_wal_rate(const Throttle& limits, const SignalContext&, Signals& signals) {
  if (limits.wal_rate) add<WalRate>(signals, static_cast<double>(*limits.wal_rate));
}

void add_wal_budget(const Throttle& limits, const SignalContext& context, Signals& signals) {
  if (limits.wal_budget) add<WalBudget>(signals, static_cast<double>(*limits.wal_budget), context.wal_used);
}

}  // namespace pgfill::throttle
