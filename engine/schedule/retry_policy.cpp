#include "schedule/retry_policy.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <cstdint>

namespace pgfill::schedule {

bool worth_retrying(FailureClass failure) {
  return failure == FailureClass::retry || failure == FailureClass::passing || failure == FailureClass::locked ||
         failure == FailureClass::slow || failure == FailureClass::reconnect;
}

bool tried_enough(FailureClass failure, int attempts) {
  constexpr int enough = 8;
  return failure == FailureClass::passing && attempts >= enough;
}

bool SlowTries::failed(FailureClass failure, bool got_on) {
  if (got_on) count_ = 0;
  if (failure == FailureClass::slow) ++count_;
  return count_ >= most_slow_tries;
}

std::chrono::milliseconds retry_delay(FailureClass failure, int attempt, double random) {
  assert(attempt >= 1 && "the first try needs no pause");
  constexpr double longest = 5000;
  const double first = failure == FailureClass::reconnect ? 200 : 50;
  const double whole = std::min(longest, first * std::pow(2.0, std::clamp(attempt - 1, 0, 20)));
  return std::chrono::milliseconds(static_cast<std::int64_t>(whole / 2 + std::clamp(random, 0.0, 1.0) * whole / 2));
}

}  // namespace pgfill::schedule
