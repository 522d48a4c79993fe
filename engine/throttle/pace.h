// From one number, how much effort is allowed, to what a worker can do about it: batch length, workers, sleep. Pure.
#pragma once

#include <chrono>

namespace pgfill::throttle {

/// What the controller may decide between; may change while the job runs.
struct ControllerLimits {
  int most_workers = 2;                              ///< at least 1
  std::chrono::microseconds longest_batch{25'000};   ///< what a batch takes when nothing presses
  std::chrono::microseconds shortest_batch{2'000};   ///< what it takes before workers are taken away; at most longest
  std::chrono::microseconds longest_sleep{200'000};  ///< the last worker's, at the least effort
  std::chrono::seconds guardrail_patience{600};      ///< then the job gives up (exit 9)
};

/// How fast to go.
struct Pace {
  std::chrono::microseconds batch_time{25'000};  ///< what a batch is to take
  int workers = 1;                               ///< batches at once
  std::chrono::microseconds sleep{0};            ///< after each batch of the last of these workers; the others go on

  bool operator==(const Pace&) const = default;
};

/// The pace that amounts to `effort`, a share of the free rate in (0, 1]: first shorter batches, then the last worker
/// sleeps ever longer until it is taken away, and so on down to one worker that sleeps. Continuous in the rate: a
/// worker that mostly sleeps does little more than none, so the law has no step to hunt around. Any value is taken:
/// what is not a number counts as the least.
Pace pace_for(double effort, const ControllerLimits& limits);

/// The effort of the shortest batches, one at a time, without sleep: hardly felt by an application.
double courteous_effort(const ControllerLimits& limits);

/// The effort of the slowest pace.
double least_effort(const ControllerLimits& limits);

}  // namespace pgfill::throttle
