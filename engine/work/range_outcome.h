// How one visit of a worker to a range ended: what a worker gives back to the scheduler. Values only.
#pragma once

#include <cstdint>
#include <string>

#include "pgfill/event.h"
#include "postgres/failure_class.h"

namespace pgfill {

/// Read by the scheduler and by reports.
struct RangeOutcome {
  enum class End {
    finished,    ///< the end of the range is committed as done
    given_back,  ///< asked to stop, or gave half away: the range goes on from its cursor later
    failed,      ///< a batch failed; `failure` says how to go on
    fenced,      ///< another runner holds the range now
  };
  End end = End::finished;
  std::int64_t rows_changed = 0;  ///< committed during this visit
  std::int64_t batches = 0;       ///< committed during this visit
  FailureClass failure = FailureClass::stop;
  std::string sqlstate;  ///< of the failure; five characters, or empty when the connection broke
  std::string message;   ///< of the failure, as the server worded it
};

/// What is reported of a failure that something is tried again after.
inline event::BatchFailed::Kind reported_as(FailureClass failure) {
  using Reported = event::BatchFailed::Kind;
  if (failure == FailureClass::locked) return Reported::locked;
  if (failure == FailureClass::slow) return Reported::slow;
  if (failure == FailureClass::reconnect) return Reported::reconnect;
  return failure == FailureClass::retry || failure == FailureClass::passing ? Reported::retry : Reported::refused;
}

}  // namespace pgfill
