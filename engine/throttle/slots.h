// Which batch may begin at the pace that was decided: so many at once, the last of them with sleep in between. Pure: no
// I/O, no clock; times come in.
#pragma once

#include <optional>
#include <set>

#include "async/time.h"
#include "throttle/pace.h"

namespace pgfill::throttle {

/// Slots belong to no worker: the next worker takes the one that is free, so no range is left lying. Not
/// thread-safe; a value.
class Slots {
 public:
  explicit Slots(const Pace& pace) : pace_(pace) {}

  /// Holds until `valid_until`: after that no batch begins before set() is called again, so that a process that slept
  /// through what happened does not go on as before. False: nothing has changed for those who wait.
  bool set(const Pace& pace, async::TimePoint valid_until, async::TimePoint now);
  const Pace& pace() const { return pace_; }

  /// Takes a slot for a worker that has none; only while the gate is open. False: none is free yet.
  bool take(int worker, async::TimePoint now);
  /// The worker's batch has ended. False: there was none.
  bool end(int worker, async::TimePoint now);
  /// When the sleep ends that a worker has to wait for; empty: it waits for something else.
  std::optional<async::TimePoint> asleep_until(async::TimePoint now) const;

  /// Batches that were let in and have not ended.
  int running() const { return static_cast<int>(free_running_.size()) + (last_worker_ ? 1 : 0); }

 private:
  bool holds(int worker) const { return last_worker_ == worker || free_running_.contains(worker); }

  Pace pace_;
  async::TimePoint valid_until_ = async::TimePoint::max();
  std::set<int> free_running_;      ///< workers in slots without sleep
  std::optional<int> last_worker_;  ///< in the last slot, which may sleep
  async::TimePoint last_ended_{};   ///< when the last slot's batch ended
  bool last_used_ = false;
};

}  // namespace pgfill::throttle
