#include "throttle/signals/commit_latency.h"

#include <algorithm>

#include "throttle/signals/add_signal.h"
#include "throttle/statements.h"

namespace pgfill::throttle {
namespace {

/// How long a canary is waited for: everything else the session has to ask waits with it.
constexpr async::milliseconds least_patience{1'000};

/// A commit that waits for a standby neither ends with its connection nor by statement_timeout: the server process goes
/// on waiting, so its canary tells of itself, and no other is sent after it.
std::string not_back(const std::string& since, const std::string& standbys) {
  return "a commit with nothing to write has not come back within " + since + " (synchronous_standby_names is '" +
         standbys + "')";
}

}  // namespace

CommitLatency::CommitLatency(async::milliseconds limit)
    : Signal("commit_latency", SignalKind::gauge, std::chrono::duration<double>(limit).count(), Unit::seconds),
      patience_(std::max(least_patience, 2 * limit)) {}

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
  if (target.integer(0, 3) > 0) {
    readings.push_back(unknown(not_back(target.string(0, 3) + " s", target.string(0, 2))));
    co_return readings;
  }
  const async::TimePoint sent = async::Clock::now();
  try {
    co_await session.query(sql::throttle_canary, no_parameters, patience_);
  } catch (const postgres::Failure& failure) {
    if (async::Clock::now() - sent < patience_) throw;
    throw postgres::Failure(failure.sqlstate(),
                            not_back(std::to_string(patience_.count()) + " ms", target.string(0, 2)));
  }
  const auto commit = async::Clock::now() - sent - round_trip;
  readings.push_back(known(std::max(0.0, std::chrono::duration<double>(commit).count())));
  co_return readings;
}

void add_commit_latency(const Throttle& limits, const SignalContext&, Signals& signals) {
  if (limits.commit_latency) add<CommitLatency>(signals, *limits.commit_latency);
}

}  // namespace pgfill::throttle
