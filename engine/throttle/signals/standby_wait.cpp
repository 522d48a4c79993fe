#include "throttle/signals/standby_wait.h"

#include "throttle/signals/add_signal.h"
#include "throttle/statements.h"

namespace pgfill::throttle {

StandbyWait::StandbyWait(std::string sessions, async::milliseconds limit)
    : Signal("standby_wait", SignalKind::lag, std::chrono::duration<double>(limit).count(), Unit::seconds),
      sessions_(std::move(sessions)) {}

async::Task<std::vector<Reading>> StandbyWait::read(postgres::Session& session) {
  postgres::Parameters parameters{sessions_};
  const postgres::Rows rows = co_await session.query(sql::throttle_standby_wait, std::move(parameters), answer_time);
  std::vector<Reading> readings;
  const double waited = static_cast<double>(rows.integer(0, 1)) / 1000;
  if (rows.integer(0, 0) > 0) {
    const std::string demanded = "(synchronous_standby_names is '" + rows.string(0, 2) + "', connected: ";
    readings.push_back(known(waited, demanded + rows.string(0, 3) + ")"));
  }
  co_return readings;
}

void add_standby_wait(const Throttle&, const SignalContext& context, Signals& signals) {
  add<StandbyWait>(signals, context.sessions);
}

}  // namespace pgfill::throttle
