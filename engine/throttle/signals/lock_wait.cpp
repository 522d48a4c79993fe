#include "throttle/signals/lock_wait.h"

#include <algorithm>

#include "throttle/signals/add_signal.h"
#include "throttle/statements.h"

namespace pgfill::throttle {
namespace {

/// Batches give up a lock after a fifth of a second; more means that a commit or a statement of ours is stuck.
constexpr double most_own_wait = 1;

/// A reading grows with the number of sessions: it may take this share of the time.
constexpr int share_of_time = 20;
constexpr async::milliseconds most_often{25};
constexpr async::milliseconds least_often{250};

enum Column { seconds, ours, blockers };

}  // namespace

LockWait::LockWait(async::milliseconds limit, std::string sessions)
    : Signal("lock_wait", SignalKind::gauge, std::chrono::duration<double>(limit).count(), Unit::seconds),
      sessions_(std::move(sessions)) {}

async::Task<std::vector<Reading>> LockWait::read(postgres::Session& session) {
  in_the_way_.clear();
  postgres::Parameters parameters{sessions_};
  const async::TimePoint asked = async::Clock::now();
  const postgres::Rows rows = co_await session.query(sql::throttle_lock_waits, std::move(parameters), answer_time);
  const auto took = std::chrono::duration_cast<async::milliseconds>(async::Clock::now() - asked);
  every_ = std::clamp(took * share_of_time, most_often, least_often);
  double longest = 0;
  double own = 0;
  for (int row = 0; row < rows.size(); ++row) {
    const double waited = rows.real(row, seconds);
    double& worst = rows.boolean(row, ours) ? own : longest;
    worst = std::max(worst, waited);
    if (rows.boolean(row, ours) || waited <= limit()) continue;
    for (const std::string& pid : rows.array(row, blockers)) in_the_way_.push_back(std::stoi(pid));
  }
  std::sort(in_the_way_.begin(), in_the_way_.end());
  in_the_way_.erase(std::unique(in_the_way_.begin(), in_the_way_.end()), in_the_way_.end());
  Reading own_wait = known(own);
  own_wait.signal = "own_lock_wait";
  own_wait.limit = most_own_wait;
  std::vector<Reading> readings{known(longest), own_wait};
  co_return readings;
}

void add_lock_wait(const Throttle& limits, const SignalContext& context, Signals& signals) {
  if (limits.lock_wait) add<LockWait>(signals, *limits.lock_wait, context.sessions);
}

}  // namespace pgfill::throttle
