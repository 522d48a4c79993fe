#include "throttle/gate.h"

namespace pgfill::throttle {

void Gate::close(WaitReason reason) {
  if (reasons_.add(std::move(reason), async::Clock::now())) tell_change();
}

void Gate::open(WaitReason::Kind kind) {
  if (reasons_.remove(kind)) tell_change();
}

void Gate::tell_change() {
  if (on_change) on_change(*this);
  wake();
}

}  // namespace pgfill::throttle
