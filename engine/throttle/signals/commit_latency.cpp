#include "throttle/signals/commit_latency.h"

#include <algorithm>

#include "sql/statements.h"

namespace pgfill::throttle {

CommitLatency::CommitLatency(async::milliseconds limit)
    : Signal("commit_latency", SignalKind::gauge, std::chrono::duration<double>(limit).count(), Unit::seconds) {}

async::Task<std::vector<Reading>> CommitLatency::read(postgres::Session& session) {
  std::vector<Reading> readings;
  const async::TimePoint asked = async::Clock::now();
  const postgres::Rows target = co_await session.query(sql::throttle_commit_target, no_parameters, answer_time);
  const auto round_trip = async::Clock::now() - asked;
  if (target.boolean(0, 0) && !target.boolean(0, 1)) {
    readings.push_back(unknown("no synchronous standby is connected (synchronous_standby_names is '" +
                               target.string(0, 2) + "'), so commits would wait for ever"));
    co_return readings;
  }
  const async::TimePoint sent = async::Clock::now();
  co_await session.query(sql::throttle_canary, no_parameters, answer_time);
  const auto commit = async::Clock::now() - sent - round_trip;
  readings.push_back(known(std::max(0.0, std::chrono::duration<double>(commit).count())));
  co_return readings;
}

}  // namespace pgfill::throttle
