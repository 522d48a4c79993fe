#include "work/remedy.h"

#include <cassert>

namespace pgfill::work {

Way first_way(std::chrono::microseconds expected, std::chrono::milliseconds patience) {
  return expected > std::chrono::microseconds(patience) * 9 / 10 ? Way::around_held : Way::direct;
}

Remedy remedy_for(FailureClass failure, Way way, std::int64_t rows, bool smaller_is_faster, BadRows::Action bad_rows) {
  assert(rows >= 1 && "a slice that failed has rows");
  switch (failure) {
    case FailureClass::locked:
      return way == Way::direct ? Remedy::around_held : Remedy::none;
    case FailureClass::slow:
      // With more time, but not twice: others may be waiting for these rows.
      if (way == Way::direct && !(rows > 1 && smaller_is_faster)) return Remedy::around_held;
      return rows > 1 ? Remedy::smaller : Remedy::none;
    case FailureClass::shrink:
      if (rows > 1) return Remedy::smaller;
      return bad_rows == BadRows::Action::quarantine ? Remedy::set_aside : Remedy::none;
    default:
      return Remedy::none;
  }
}

}  // namespace pgfill::work
