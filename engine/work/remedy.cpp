#include "work/remedy.h"

namespace pgfill::work {

Remedy remedy_for(FailureClass failure, Way way, std::int64_t rows, std::int64_t least_rows, BadRows::Action bad_rows) {
  switch (failure) {
    case FailureClass::locked:
      return way == Way::direct ? Remedy::around_held : Remedy::none;
    case FailureClass::slow:
      if (rows > least_rows) return Remedy::smaller;
      return way == Way::direct ? Remedy::around_held : Remedy::none;
    case FailureClass::shrink:
      if (rows > 1) return Remedy::smaller;
      return bad_rows == BadRows::Action::quarantine ? Remedy::set_aside : Remedy::none;
    default:
      return Remedy::none;
  }
}

}  // namespace pgfill::work
