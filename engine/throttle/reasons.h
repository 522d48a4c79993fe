// Why no batch may start: signals over their limit and a person's pause are all reasons to wait, and there may be
// several at once. Pure: no clock, no I/O; nothing is taken away because time passed.
#pragma once

#include <map>
#include <string>

#include "async/time.h"

namespace pgfill::throttle {

/// Not thread-safe; a value.
class Reasons {
 public:
  /// Adds or replaces the reason called `name`; the sentence names signal, value and limit. False: it was there before.
  bool add(const std::string& name, std::string sentence, async::TimePoint now);
  /// False: it was not there.
  bool remove(const std::string& name);

  bool none() const { return reasons_.empty(); }
  /// The sentence of the first reason, and its name; empty when there is none.
  std::string sentence() const { return none() ? std::string() : reasons_.begin()->second; }
  std::string name() const { return none() ? std::string() : reasons_.begin()->first; }
  /// When the first one came; meaningful while there is one.
  async::TimePoint since() const { return since_; }

 private:
  std::map<std::string, std::string> reasons_;
  async::TimePoint since_{};
};

}  // namespace pgfill::throttle
