// Why no batch may start: signals over their limit and a person's pause are all reasons to wait, and there may be
// several at once. Pure: no clock, no I/O; nothing is taken away because time passed.
#pragma once

#include <map>

#include "async/time.h"
#include "pgfill/wait_reason.h"

namespace pgfill::throttle {

/// One for each kind at most. Not thread-safe; a value.
class Reasons {
 public:
  /// Adds the reason, or replaces that of its kind. False: there was one of its kind before.
  bool add(WaitReason reason, async::TimePoint now);
  /// False: there was none of this kind.
  bool remove(WaitReason::Kind kind);

  bool none() const { return reasons_.empty(); }
  /// The first of them; null when there is none.
  const WaitReason* first() const { return none() ? nullptr : &reasons_.begin()->second; }
  /// When the first one came; meaningful while there is one.
  async::TimePoint since() const { return since_; }

 private:
  std::map<WaitReason::Kind, WaitReason> reasons_;
  async::TimePoint since_{};
};

}  // namespace pgfill::throttle
