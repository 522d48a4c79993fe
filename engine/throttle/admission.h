// Lets batches begin at the pace that was decided: while the gate is open, so many at once, the last of them with sleep
// in between. It decides nothing itself.
#pragma once

#include <functional>
#include <set>

#include "throttle/gate.h"
#include "throttle/pace.h"

namespace pgfill::throttle {

/// Slots belong to no worker: whoever comes next takes the one that is free, so no range is left lying. Not
/// thread-safe: lives on the executor of the scheduler, as long as its workers.
class Admission {
 public:
  /// `stopping`: nothing is worth waiting for any more.
  Admission(Gate& gate, Pace pace, std::function<bool()> stopping)
      : gate_(gate), stopping_(std::move(stopping)), pace_(pace) {}

  /// Holds until `valid_until`: after that no batch begins before set() is called again, so that a process that slept
  /// through what happened does not go on as before.
  void set(const Pace& pace, async::TimePoint valid_until);
  const Pace& pace() const { return pace_; }

  /// Ends the worker's former batch, if any, and waits until its next one may begin. False: stopping.
  async::Task<bool> begin_batch(int worker);
  /// The worker's batch has ended. Nothing when there was none.
  void end_batch(int worker);

  /// Batches that were let in and have not ended.
  int running() const { return static_cast<int>(free_running_.size()) + (last_worker_ ? 1 : 0); }

 private:
  bool take_slot(int worker);

  Gate& gate_;
  std::function<bool()> stopping_;
  Pace pace_;
  async::TimePoint valid_until_ = async::TimePoint::max();
  std::set<int> free_running_;      ///< workers in slots without sleep
  std::optional<int> last_worker_;  ///< in the last slot, which may sleep
  async::TimePoint last_ended_{};   ///< when the last slot's batch ended
  bool last_used_ = false;
};

}  // namespace pgfill::throttle
