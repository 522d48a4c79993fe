// A bounded lifetime for concurrent tasks: what starts a task belongs to a group that cancels and awaits it, so
// nothing is detached. The first failure cancels the others and is rethrown by join().
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <exception>
#include <functional>
#include <list>

#include "async/timer.h"

namespace pgfill::async {

/// Not thread-safe: lives on one single-threaded executor. Must be joined before it is destroyed.
class TaskGroup {
 public:
  explicit TaskGroup(boost::asio::any_io_executor executor);
  ~TaskGroup();
  TaskGroup(const TaskGroup&) = delete;
  TaskGroup& operator=(const TaskGroup&) = delete;

  /// Starts the task now. It is cancelled at its next suspension when the group is.
  void spawn(Task<void> task);
  /// Asks every running task to end: its current wait throws operation_aborted.
  void cancel();
  /// Waits until no task runs, then rethrows the first exception a task ended with (cancellation is not one).
  Task<void> join();
  /// Called once, when the first failure has been noted and the others are cancelled: for a caller that does not wait
  /// in join() then. Must not throw.
  std::function<void()> on_failure;
  std::size_t running() const { return signals_.size(); }

 private:
  using Signals = std::list<boost::asio::cancellation_signal>;
  void finished(Signals::iterator signal, std::exception_ptr failure);

  boost::asio::any_io_executor executor_;
  Signals signals_;
  Timer idle_;  ///< ends when no task runs any more
  std::exception_ptr failure_;
  bool cancelled_ = false;
};

/// True when the exception is the cancellation of a task, not a failure.
bool is_cancellation(const std::exception_ptr& failure);

}  // namespace pgfill::async
