#include "throttle/slots.h"

#include <cassert>
#include <utility>

namespace pgfill::throttle {

bool Slots::set(const Pace& pace, async::TimePoint valid_until, async::TimePoint now) {
  assert(pace.workers >= 1 && pace.sleep.count() >= 0 && "any pace gets somewhere");
  const bool was_valid = now <= std::exchange(valid_until_, valid_until);
  if (pace == pace_ && was_valid) return false;
  pace_ = pace;
  return true;
}

bool Slots::take(int worker, async::TimePoint now) {
  assert(!holds(worker) && "a worker has one batch at a time");
  if (running() >= pace_.workers || now > valid_until_) return false;
  if (static_cast<int>(free_running_.size()) < pace_.workers - 1) {
    free_running_.insert(worker);
    return true;
  }
  if (last_worker_ || asleep_until(now)) return false;
  last_worker_ = worker;
  last_used_ = true;
  return true;
}

std::optional<async::TimePoint> Slots::asleep_until(async::TimePoint now) const {
  const async::TimePoint until = last_ended_ + pace_.sleep;
  if (last_worker_ || !last_used_ || now >= until) return std::nullopt;
  return until;
}

bool Slots::end(int worker, async::TimePoint now) {
  if (last_worker_ != worker) return free_running_.erase(worker) > 0;
  last_worker_.reset();
  last_ended_ = now;
  return true;
}

}  // namespace pgfill::throttle
