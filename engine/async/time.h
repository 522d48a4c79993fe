// Points in time, without anything that waits: what pure parts need to take time as an argument.
#pragma once

#include <chrono>

namespace pgfill::async {

/// Where time comes from when it is not the machine's clock: a simulation installs one (async/timer.h).
class VirtualTime;

/// The machine's monotonic clock, unless a simulation has put another in its place.
struct Clock {
  using duration = std::chrono::steady_clock::duration;
  using rep = duration::rep;
  using period = duration::period;
  using time_point = std::chrono::steady_clock::time_point;
  static constexpr bool is_steady = true;

  static time_point now() { return simulation == nullptr ? std::chrono::steady_clock::now() : virtual_now(); }

  /// Null in production. Set for the life of a simulation, before anything asks for the time.
  static inline VirtualTime* simulation = nullptr;

 private:
  static time_point virtual_now();
};

using TimePoint = Clock::time_point;
using std::chrono::milliseconds;

}  // namespace pgfill::async
