// What must hold of the pauses after failures: nothing is tried again before its pause is over, pauses grow while
// nothing is achieved, and what was achieved sets them back. Told of failures and tries, knows no scheduler.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "pgfill/event.h"
#include "sim/world.h"

namespace pgfill::sim {

/// Not thread-safe: belongs to one runner. Each call answers what is violated, empty when nothing is.
class Patience {
 public:
  /// Something failed and is due after a pause. `batches` committed in its range so far, as the server knows.
  std::string failed(const event::BatchFailed& failure, std::int64_t batches, TimePoint now);
  /// A worker connects or leases.
  std::string worker_tries(int worker, TimePoint now);
  /// A worker has got a range; `batches` committed in it so far.
  void leased(int worker, std::int64_t range, std::int64_t batches);
  /// A range that failed is leased again.
  std::string range_tries(std::int64_t range, TimePoint now);
  /// A range has ended, or is somebody else's.
  void forget(std::int64_t range) { ranges_.erase(range); }
  /// To be called before all others: after a failover, what was committed is not to be relied on.
  void on_timeline(int timeline);

 private:
  struct Failing {
    int in_vain = 0;                      ///< failures without anything achieved in between
    bool got_on = false;                  ///< at its last lease it was further than at the one before
    std::optional<std::int64_t> batches;  ///< at its last lease
    TimePoint due{};
  };
  static std::string judge(const Failing& failing, const event::BatchFailed& failure);

  int timeline_ = 0;
  std::map<std::int64_t, Failing> ranges_;
  std::map<int, Failing> workers_;
};

}  // namespace pgfill::sim
