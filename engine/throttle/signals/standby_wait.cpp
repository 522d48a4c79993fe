#include "throttle/signals/standby_wait.h"

#include "sql/statements.h"

namespace pgfill::throttle {

async::Task<Verdict> StandbyWait::read(postgres::Session& session) {
  postgres::Parameters parameters{sessions_};
  const postgres::Rows rows = co_await session.query(sql::throttle_standby_wait, std::move(parameters));
  Verdict reading;
  const std::chrono::milliseconds waited(rows.integer(0, 1));
  reading.over = rows.integer(0, 0) > 0 && waited > limit_;
  if (reading.over) {
    reading.sentence = "COMMIT waits for a synchronous standby since " + std::to_string(waited.count() / 1000) +
                       "s: synchronous_standby_names is '" + rows.string(0, 2) + "', connected: " + rows.string(0, 3);
  }
  co_return reading;
}

}  // namespace pgfill::throttle
