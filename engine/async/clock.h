// Time as the engine sees it: monotonic, and one place to sleep. Everything that decides takes time points as
// arguments; only coroutines that act ask the clock.
#pragma once

#include <chrono>

#include "async/task.h"
#include "async/time.h"

namespace pgfill::async {

/// The moment by which something must have happened.
struct Deadline {
  TimePoint at = TimePoint::max();

  static Deadline after(Clock::duration duration) { return {Clock::now() + duration}; }
  bool passed() const { return Clock::now() >= at; }
};

/// Suspends the calling coroutine. Returns early, by throwing boost::system::system_error(operation_aborted), when its
/// group is cancelled.
Task<void> sleep_for(Clock::duration duration);

}  // namespace pgfill::async
