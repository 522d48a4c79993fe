// How many batches at once pay, found by trying: the rate with one worker more, or one fewer, between two measurements
// of the present number, so that a server that changes by itself is not taken for an effect. Pure.
#pragma once

#include <chrono>
#include <cstdint>

#include "pgfill/pace_event.h"

namespace pgfill::throttle {

/// What is so when the search looks.
struct WorkState {
  std::int64_t rows = 0;                    ///< done in all
  bool undisturbed = false;                 ///< nothing holds the job back
  int busy = 0;                             ///< workers with a range
  std::chrono::microseconds batch_time{0};  ///< what a batch is to take: measurements are long against it
};

/// Not thread-safe; a value.
class WorkerSearch {
 public:
  /// Begins with `first` workers; never fewer than 1 nor more than `most`, which is at least 2.
  WorkerSearch(int first, int most);

  /// How many are to work now.
  int workers() const { return kept_ + tried_; }
  /// `seconds` have passed, not negative. True: found() is new.
  bool step(const WorkState& now, double seconds);
  const event::WorkersFound& found() const { return found_; }

 private:
  enum class Phase { rest, before, trial, after };

  void begin(Phase phase);
  void rest(double seconds);
  bool measure(double rate);
  bool judge(double after);

  int most_;
  int kept_;
  int direction_ = 1;
  int tried_ = 0;  ///< -1, 0 or 1 more than are kept
  Phase phase_ = Phase::rest;
  bool measuring_ = false;
  double passed_ = 0;  ///< seconds, since the phase or its measurement began
  std::int64_t rows_at_begin_ = 0;
  double before_ = 0;  ///< rows a second
  double trial_ = 0;
  int failed_ = 0;  ///< directions, one after the other
  double rest_;
  double long_rest_;
  event::WorkersFound found_;
};

}  // namespace pgfill::throttle
