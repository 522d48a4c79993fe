#include "work/refusals.h"

#include <cassert>

namespace pgfill::work {

bool asks_for_another_try(FailureClass failure) {
  return failure == FailureClass::retry || failure == FailureClass::passing || failure == FailureClass::locked ||
         failure == FailureClass::slow || failure == FailureClass::reconnect;
}

FailureClass Refusals::judge(const postgres::Failure& failure, std::int64_t rows, const RowPlace& place,
                             async::TimePoint now) {
  assert(rows >= 1 && "a slice that failed has rows");
  const FailureClass what = failure.failure_class();
  if (!failure.by_function || !asks_for_another_try(what)) return what;
  if (rows > 1) return FailureClass::shrink;
  Refused& refused = refused_[place.list];
  if (refused.tries == 0 || refused.place != place) refused = Refused{place, 0, now};
  ++refused.tries;
  if (refused.tries < most_tries || now - refused.since < least_span) return FailureClass::retry;
  refused_.erase(place.list);
  return FailureClass::shrink;
}

}  // namespace pgfill::work
