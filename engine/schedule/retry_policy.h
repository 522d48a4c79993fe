// When a failed range is tried again. Pure: no clock, no randomness of its own.
#pragma once

#include <chrono>

#include "postgres/failure_class.h"

namespace pgfill::schedule {

/// How long the database may be out of reach without any progress before the job gives up (exit 6).
inline constexpr std::chrono::minutes outage_budget{5};

/// What is too slow alone, a single row that is, is tried so often without success; then it says what to change.
inline constexpr int most_slow_tries = 8;

/// True when trying again can help.
bool worth_retrying(FailureClass failure);

/// True when what passes as a rule has not passed: an internal error of the server that came back this many
/// times, with growing pauses and no progress in between.
bool tried_enough(FailureClass failure, int attempts);

/// Counts tries that were too slow, without any progress in between. A value.
class SlowTries {
 public:
  /// A try failed. True: as often as it may.
  bool failed(FailureClass failure, bool got_on);

 private:
  int count_ = 0;
};

/// The pause before try number `attempt` (1-based, without progress in between): exponential from 50 ms (a lock, a
/// deadlock) or 200 ms (a lost connection) to 5 s, "equal jitter" (half fixed, half random) so that workers do not come
/// back together. `random` is in [0, 1). Source: M. Brooker, "Exponential Backoff And Jitter", 2015.
std::chrono::milliseconds retry_delay(FailureClass failure, int attempt, double random);

}  // namespace pgfill::schedule
