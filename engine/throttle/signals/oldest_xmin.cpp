#include "throttle/signals/oldest_xmin.h"

#include <algorithm>

#include "throttle/signals/add_signal.h"
#include "throttle/statements.h"

namespace pgfill::throttle {
namespace {

constexpr std::int64_t few_dead_rows = 1000;

enum Column { holder, xid, seconds, dead_rows };

}  // namespace

OldestXmin::OldestXmin(async::milliseconds age, std::uint32_t table, std::string sessions)
    : Signal("oldest_xmin", SignalKind::gauge, std::chrono::duration<double>(age).count(), Unit::seconds),
      table_(table),
      sessions_(std::move(sessions)) {}

async::Task<std::vector<Reading>> OldestXmin::read(postgres::Session& session) {
  postgres::Parameters parameters{std::to_string(table_), sessions_};
  const postgres::Rows rows = co_await session.query(sql::throttle_oldest_xmin, std::move(parameters), answer_time);
  std::vector<Reading> readings;
  const std::string now = rows.empty() ? "" : rows.string(0, holder) + " " + rows.string(0, xid);
  if (now != holder_) first_seen_ = async::Clock::now();
  holder_ = now;
  if (rows.empty() || rows.integer(0, dead_rows) < few_dead_rows) co_return readings;
  const double watched = std::chrono::duration<double>(async::Clock::now() - first_seen_).count();
  readings.push_back(known(std::max(watched, rows.real(0, seconds)), rows.string(0, holder)));
  co_return readings;
}

void add_oldest_xmin(const Throttle& limits, const SignalContext& context, Signals& signals) {
  if (context.table == 0 || !limits.oldest_xmin) return;
  add<OldestXmin>(signals, *limits.oldest_xmin, context.table, context.sessions);
}

}  // namespace pgfill::throttle
