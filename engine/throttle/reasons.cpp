#include "throttle/reasons.h"

#include <cassert>
#include <utility>

namespace pgfill::throttle {

bool Reasons::add(const std::string& name, std::string sentence, async::TimePoint now) {
  assert(!name.empty() && "a reason can be taken away again");
  if (none()) since_ = now;
  // A signal's sentence carries its newest value; only the coming of a reason is a change.
  const bool came = !reasons_.contains(name);
  reasons_[name] = std::move(sentence);
  return came;
}

bool Reasons::remove(const std::string& name) {
  return reasons_.erase(name) > 0;
}

}  // namespace pgfill::throttle
