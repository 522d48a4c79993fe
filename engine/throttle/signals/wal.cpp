#include "throttle/signals/wal.h"

#include <algorithm>
#include <charconv>

#include "sql/statements.h"

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

WalBudget::WalBudget(double bytes, const std::optional<std::string>& began_at)
    : Signal("wal_budget", SignalKind::guardrail, bytes, Unit::bytes),
      position_(began_at ? wal_position(*began_at) : std::nullopt) {}

async::Task<std::vector<Reading>> WalBudget::read(postgres::Session& session) {
  const postgres::Rows rows = co_await session.query(sql::throttle_wal_position, no_parameters, answer_time);
  const std::int64_t now = rows.integer(0, 0);
  used_ += std::max<std::int64_t>(0, now - position_.value_or(now));
  position_ = now;
  std::vector<Reading> readings{known(static_cast<double>(used_))};
  co_return readings;
}

std::optional<std::int64_t> wal_position(const std::string& lsn) {
  const std::size_t slash = lsn.find('/');
  if (slash == std::string::npos) return std::nullopt;
  std::uint32_t high = 0;
  std::uint32_t low = 0;
  const char* const middle = lsn.data() + slash;
  const char* const end = lsn.data() + lsn.size();
  const auto first = std::from_chars(lsn.data(), middle, high, 16);
  const auto second = std::from_chars(middle + 1, end, low, 16);
  if (first.ec != std::errc{} || first.ptr != middle || second.ec != std::errc{} || second.ptr != end) return {};
  return static_cast<std::int64_t>(std::uint64_t{high} << 32 | low);
}

}  // namespace pgfill::throttle
