// Lets batches begin at the pace that was decided, while the gate is open: what slots.h decides, and the waiting for
// it.
#pragma once

#include <functional>

#include "throttle/gate.h"
#include "throttle/slots.h"

namespace pgfill::throttle {

/// Not thread-safe: lives on the executor of the scheduler, as long as its workers.
class Admission {
 public:
  /// `stopping`: nothing is worth waiting for any more.
  Admission(Gate& gate, const Pace& pace, std::function<bool()> stopping)
      : gate_(gate), stopping_(std::move(stopping)), slots_(pace) {}

  /// Holds until `valid_until`: after that no batch begins before set() is called again.
  void set(const Pace& pace, async::TimePoint valid_until);
  const Pace& pace() const { return slots_.pace(); }

  /// Ends the worker's former batch, if any, and waits until its next one may begin. False: stopping.
  async::Task<bool> begin_batch(int worker);
  /// The worker's batch has ended. Nothing when there was none.
  void end_batch(int worker);

  /// Batches that were let in and have not ended.
  int running() const { return slots_.running(); }

 private:
  Gate& gate_;
  std::function<bool()> stopping_;
  Slots slots_;
};

}  // namespace pgfill::throttle
