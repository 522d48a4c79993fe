// Events in plain words: one sentence for people, one row for the ledger. Pure functions. Does not store, print or log.
#pragma once

#include <string>

#include "pgfill/event.h"

namespace pgfill::report {

/// An event as the ledger stores it.
struct EventRow {
  std::string kind;     ///< stable snake_case name, for instance "job_started"
  std::string message;  ///< as describe()
  std::string detail;   ///< JSON object; units in the field names, for instance duration_ms
};

/// The event as one line without its time and job: "batch of 2,300 rows committed in 310ms (range 17)".
std::string describe(const Event& event);
EventRow to_row(const Event& event);

/// For instance "locked".
std::string_view name_of(event::BatchFailed::Kind failure);

/// "3 retried batches, 2 deferred rows, 1 quarantined row", or "none".
std::string trouble_words(std::int64_t retries, std::int64_t deferred, std::int64_t quarantined);

}  // namespace pgfill::report
