#include "throttle/signals/active_sessions.h"

#include "throttle/signals/add_signal.h"
#include "throttle/statements.h"

namespace pgfill::throttle {

ActiveSessions::ActiveSessions(int most, std::string sessions)
    : Signal("active_sessions", SignalKind::gauge, most, Unit::count), sessions_(std::move(sessions)) {}

async::Task<std::vector<Reading>> ActiveSessions::read(postgres::Session& session) {
  postgres::Parameters parameters{sessions_};
  const postgres::Rows rows = co_await session.query(sql::throttle_sessions, std::move(parameters), answer_time);
  std::vector<Reading> readings;
  if (const std::int64_t hidden = rows.integer(0, 1); hidden > 0) {
    readings.push_back(
        unknown("this role may not look at " + std::to_string(hidden) + " sessions (GRANT pg_read_all_stats)"));
  } else {
    readings.push_back(known(static_cast<double>(rows.integer(0, 0))));
  }
  co_return readings;
}

void add_active_sessions(const Throttle& limits, const SignalContext& context, Signals& signals) {
  if (limits.active_sessions) add<ActiveSessions>(signals, *limits.active_sessions, context.sessions);
}

}  // namespace pgfill::throttle
