#include "throttle/admission.h"

namespace pgfill::throttle {

void Admission::set(const Pace& pace, async::TimePoint valid_until) {
  if (slots_.set(pace, valid_until, async::Clock::now())) gate_.wake();
}

async::Task<bool> Admission::begin_batch(int worker) {
  end_batch(worker);
  while (!stopping_()) {
    const async::TimePoint now = async::Clock::now();
    std::optional<async::TimePoint> soonest;
    if (gate_.is_open()) {
      if (slots_.take(worker, now)) co_return true;
      soonest = slots_.asleep_until(now);
    }
    co_await gate_.wait_change(soonest.value_or(async::TimePoint::max()));
  }
  co_return false;
}

void Admission::end_batch(int worker) {
  // A worker that waits may take the slot; at full speed nobody does, and this costs nothing.
  if (slots_.end(worker, async::Clock::now())) gate_.wake();
}

}  // namespace pgfill::throttle
