#include "throttle/admission.h"

namespace pgfill::throttle {

void Admission::set(const Pace& pace, async::TimePoint valid_until) {
  const bool was_valid = async::Clock::now() <= valid_until_;
  valid_until_ = valid_until;
  if (pace == pace_ && was_valid) return;
  pace_ = pace;
  gate_.wake();
}

bool Admission::take_slot(int worker) {
  if (!gate_.is_open() || running() >= pace_.workers || async::Clock::now() > valid_until_) return false;
  if (static_cast<int>(free_running_.size()) < pace_.workers - 1) {
    free_running_.insert(worker);
    return true;
  }
  if (last_worker_ || (last_used_ && async::Clock::now() < last_ended_ + pace_.sleep)) return false;
  last_worker_ = worker;
  last_used_ = true;
  return true;
}

async::Task<bool> Admission::begin_batch(int worker) {
  end_batch(worker);
  while (!stopping_()) {
    if (take_slot(worker)) co_return true;
    const bool asleep =
        gate_.is_open() && !last_worker_ && last_used_ && async::Clock::now() < last_ended_ + pace_.sleep;
    co_await gate_.wait_change(asleep ? last_ended_ + pace_.sleep : async::TimePoint::max());
  }
  co_return false;
}

void Admission::end_batch(int worker) {
  if (last_worker_ == worker) {
    last_worker_.reset();
    last_ended_ = async::Clock::now();
  } else if (free_running_.erase(worker) == 0) {
    return;
  }
  // Whoever waits may take the slot; at full speed nobody does, and this costs nothing.
  gate_.wake();
}

}  // namespace pgfill::throttle
