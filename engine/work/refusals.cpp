#include "work/refusals.h"

namespace pgfill::work {

bool asks_for_another_try(FailureClass failure) {
  return failure == FailureClass::retry || failure == FailureClass::locked || failure == FailureClass::slow ||
         failure == FailureClass::reconnect;
}

FailureClass Refusals::judge(const postgres::Failure& failure, std::int64_t rows, const RowPlace& place,
                             async::TimePoint now) {
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

FailureClass retried_as(const postgres::Failure& failure) {
  const FailureClass what = failure.failure_class();
  return what == FailureClass::slow && failure.by_function ? FailureClass::retry : what;
}

postgres::Failure bad_row_failure(const postgres::Failure& failure, const std::string& row) {
  const std::string message = failure.what();
  if (!asks_for_another_try(failure.failure_class())) {
    return postgres::Failure(failure.sqlstate(), message + ", row " + row, failure.detail(), failure.hint());
  }
  return postgres::Failure(
      "PF010", message + ", row " + row + ": a function refuses it each time with SQLSTATE " + failure.sqlstate());
}

}  // namespace pgfill::work
