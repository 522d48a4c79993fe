#include "throttle/reasons.h"

#include <cassert>
#include <utility>

namespace pgfill::throttle {

bool Reasons::add(WaitReason reason, async::TimePoint now) {
  assert(!reason.sentence.empty() && "a person is shown why");
  if (none()) since_ = now;
  // A signal's sentence carries its newest value; only the coming of a reason is a change.
  const WaitReason::Kind kind = reason.kind;
  return reasons_.insert_or_assign(kind, std::move(reason)).second;
}

bool Reasons::remove(WaitReason::Kind kind) {
  return reasons_.erase(kind) > 0;
}

}  // namespace pgfill::throttle
