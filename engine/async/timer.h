// One task waits for a moment, and may be woken before it: what everything in this folder that waits is made of. Here
// is also the seam by which a simulation runs the engine in time of its own.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstdint>
#include <memory>
#include <optional>

#include "async/task.h"
#include "async/time.h"

namespace pgfill::async {

/// Time as a simulation has it; installed as Clock::simulation. Not thread-safe.
class VirtualTime {
 public:
  /// Somebody who waits. Exactly one of wake() and the destructor ends the wait.
  class Waiter {
   public:
    virtual ~Waiter() = default;
    virtual void wake() = 0;  ///< posts to the waiter's executor; returns at once
  };

  virtual ~VirtualTime() = default;
  virtual TimePoint now() = 0;
  /// Wakes the waiter when its moment comes on the clock of its executor. Returns a number for take().
  virtual std::uint64_t add(TimePoint moment, const boost::asio::any_io_executor& executor,
                            std::unique_ptr<Waiter> waiter) = 0;
  /// The waiter, if it still waits.
  virtual std::unique_ptr<Waiter> take(std::uint64_t number) = 0;
};

/// Not thread-safe: one waiting task, on one single-threaded executor.
class Timer {
 public:
  Timer(boost::asio::any_io_executor executor, TimePoint moment = TimePoint::max());
  ~Timer();
  Timer(const Timer&) = delete;
  Timer& operator=(const Timer&) = delete;

  /// Returns when the moment has come, after wake(), and when the waiting task is cancelled: what of these it was, the
  /// caller asks. Never throws.
  Task<void> wait();
  /// Ends a wait that is under way.
  void wake();

 private:
  struct Begin;

  boost::asio::any_io_executor executor_;
  TimePoint moment_;
  std::optional<boost::asio::steady_timer> timer_;  ///< empty in a simulation
  std::uint64_t number_ = 0;                        ///< of the wait in virtual time
};

}  // namespace pgfill::async
