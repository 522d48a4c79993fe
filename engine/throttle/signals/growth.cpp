#include "throttle/signals/growth.h"

#include <algorithm>

#include "throttle/signals/add_signal.h"
#include "throttle/statements.h"

namespace pgfill::throttle {
namespace {

/// Smaller tables are taken to be this large: theirs is no growth to speak of.
constexpr std::int64_t least_size = std::int64_t{16} << 20;

}  // namespace

Growth::Growth(double share, std::uint32_t table, std::optional<std::int64_t> bytes_at_start)
    : Signal("growth", SignalKind::guardrail, share, Unit::share), table_(table), at_start_(bytes_at_start) {}

async::Task<std::vector<Reading>> Growth::read(postgres::Session& session) {
  postgres::Parameters parameters{std::to_string(table_)};
  const postgres::Rows rows = co_await session.query(sql::throttle_table_size, std::move(parameters), answer_time);
  const std::int64_t now = rows.integer(0, 0);
  if (!at_start_) at_start_ = now;
  const auto grown = static_cast<double>(std::max<std::int64_t>(0, now - *at_start_));
  std::vector<Reading> readings{known(grown / static_cast<double>(std::max(*at_start_, least_size)))};
  co_return readings;
}

void add_growth(const Throttle& limits, const SignalContext& context, Signals& signals) {
  if (context.table == 0 || !limits.growth) return;
  add<Growth>(signals, share(*limits.growth), context.table, context.table_bytes_at_start);
}

}  // namespace pgfill::throttle
