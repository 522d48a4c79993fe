// Calls that block, such as looking a name up, on a thread of their own: the caller's executor goes on meanwhile.
#pragma once

#include <functional>
#include <memory>
#include <mutex>

#include "async/clock.h"
#include "async/task.h"
#include "async/timer.h"

namespace pgfill::async {

/// One piece of work under way. Nobody can end it, so its thread may outlive those who wait and their executor: it must
/// own all it touches. What it has written may be read when it has ended.
class Background : public std::enable_shared_from_this<Background> {
 public:
  /// `work` must not throw. Where no thread can be had it is done at once.
  static std::shared_ptr<Background> start(std::function<void()> work);

  /// Waits until it has ended; false: the deadline came first, or the caller was cancelled. One waiter at a time, on
  /// any executor of one thread; may be called again.
  Task<bool> ended(Deadline deadline);
  bool has_ended();

 private:
  class Waiting;

  void end();

  std::mutex mutex_;
  bool ended_ = false;
  Waiting* waiting_ = nullptr;  ///< reached by the thread under the mutex only
};

}  // namespace pgfill::async
