// Ranges of keys. Keys travel as text in the server's own output format under pinned settings (ISO dates, UTC, full
// float digits); only the server compares them. Value types; safe to copy between threads.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace pgfill {

/// One key: a text value for each key column, in key order. Never holds NULL.
using Key = std::vector<std::string>;

/// A half-open interval of keys: `lower` itself is excluded, `upper` included. Absent = unbounded on that side.
struct KeyRange {
  std::optional<Key> lower;
  std::optional<Key> upper;
};

/// What an SQLSTATE asks for; decided once, by classify() in engine/postgres.
enum class FailureClass {
  retry,      ///< the batch may succeed when tried again after a pause
  locked,     ///< another session held a row, or we were its deadlock victim: go on around what is held
  slow,       ///< cancelled, by our own timeout or by a person: try again with less
  reconnect,  ///< the session is gone or useless; what was in flight must be read from the ledger
  shrink,     ///< a row of the batch is bad: halve down to it
  pause,      ///< a resource is exhausted: a person or a cleaner must act
  stop,       ///< the statement cannot work
  alarm,      ///< data corruption
  fenced,     ///< another runner holds the range now: nothing was written
};

/// How one visit of a worker to a range ended; read by the scheduler and by report.
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

}  // namespace pgfill
