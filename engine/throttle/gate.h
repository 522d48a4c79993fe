// The one place that answers "may the next batch start, and if not, why", and where tasks wait for that to change. It
// is open when there is no reason to wait (reasons.h). It measures nothing and never opens because time passed.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <functional>

#include "async/condition.h"
#include "throttle/reasons.h"

namespace pgfill::throttle {

/// Not thread-safe: lives on the executor of the scheduler.
class Gate {
 public:
  explicit Gate(boost::asio::any_io_executor executor) : changed_(std::move(executor)) {}

  /// Adds the reason, or replaces that of its kind.
  void close(WaitReason reason);
  /// Takes the reason of this kind away, if it is there.
  void open(WaitReason::Kind kind);

  bool is_open() const { return reasons_.none(); }
  /// The first reason; null when open.
  const WaitReason* reason() const { return reasons_.first(); }
  /// When it closed; meaningful while closed.
  async::TimePoint closed_since() const { return reasons_.since(); }

  /// Returns when a reason came or went, wake() was called or the moment has come.
  async::Task<void> wait_change(async::TimePoint moment = async::TimePoint::max()) { return changed_.wait(moment); }
  void wake() { changed_.notify_all(); }

  /// Called after each change of reason.
  std::function<void(const Gate&)> on_change;

 private:
  void tell_change();

  Reasons reasons_;
  async::Condition changed_;
};

}  // namespace pgfill::throttle
