// Lets tasks of one executor wait until another task says that something changed, or until a moment has come.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <list>

#include "async/clock.h"
#include "async/timer.h"

namespace pgfill::async {

/// Not thread-safe: lives on one single-threaded executor and outlives every wait on it.
class Condition {
 public:
  explicit Condition(boost::asio::any_io_executor executor) : executor_(std::move(executor)) {}

  /// Wakes every waiting task. A task that begins to wait afterwards is not woken: check the state first, then wait.
  void notify_all() {
    for (Timer* waiter : waiters_) waiter->wake();
  }
  /// Returns when notified or when `moment` has come. Throws operation_aborted only when the waiting task itself is
  /// cancelled.
  Task<void> wait(TimePoint moment = TimePoint::max());

 private:
  boost::asio::any_io_executor executor_;
  std::list<Timer*> waiters_;
};

}  // namespace pgfill::async
