// What happens during a job, as values. Parts of the engine emit events into an observer; only report turns them into
// words and numbers. Value types; safe to copy between threads.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <variant>

#include "pgfill/error.h"
#include "pgfill/pace_event.h"
#include "pgfill/range.h"

namespace pgfill {

namespace event {

/// The job was planned and registered in the ledger.
struct Registered {
  std::int64_t ranges = 0;
  std::int64_t estimated_rows = 0;
};
/// The runner owns the job and begins its first batch.
struct Started {
  int workers = 0;
};
/// As Started, for a job with committed work. `crashed_host` is set when the former runner ended uncleanly.
struct Resumed {
  int workers = 0;
  double done_share = 0;  ///< 0 to 1
  std::int64_t rows_changed = 0;
  std::string crashed_host;
  int crashed_pid = 0;
};
/// A range was leased by a worker under a new epoch.
struct RangeLeased {
  std::int64_t range = 0;
  std::int64_t epoch = 0;
  int worker = 0;
};
/// One batch is committed.
struct BatchCommitted {
  std::int64_t range = 0;
  int worker = 0;
  std::int64_t rows_walked = 0;   ///< slice size asked for
  std::int64_t rows_changed = 0;  ///< exactly; of a job that deletes: deleted
  std::chrono::microseconds duration{0};
};
/// A batch failed and will be tried again after `delay`.
struct BatchFailed {
  std::int64_t range = 0;
  int worker = 0;
  /// What failed, as far as it decides what is tried next.
  enum class Kind {
    retry,      ///< in passing: the same again
    locked,     ///< others held rows, or it was the victim of a deadlock: around them
    slow,       ///< cancelled, by a time limit or a person: with less
    reconnect,  ///< the session is gone: in another one, from where the ledger says
    refused,    ///< the server gives this worker no session, while others go on
  };
  Kind failure = Kind::retry;
  std::string sqlstate;
  std::string message;
  std::chrono::milliseconds delay{0};
};
/// A batch went around rows that other sessions held; they are listed in the ledger and revisited.
struct RowsDeferred {
  std::int64_t range = 0;
  std::int64_t rows = 0;
};
/// A row cannot take its new value; it is listed in the ledger with its error, and the job goes on.
struct RowQuarantined {
  std::int64_t range = 0;
  std::string key;  ///< in words
  std::string sqlstate;
  std::string message;
};
/// Every range is done; what the end of the job does or waits for now.
struct Finishing {
  std::string step;  ///< a sentence
};
/// The database has moved to another server, which the runner has followed.
struct FailedOver {
  int former_timeline = 0;
  int timeline = 0;
  std::int64_t rows_before = 0;  ///< changed, as last seen
  std::int64_t rows_now = 0;     ///< changed, as the new server has it; fewer when it lost commits
};
/// A partition that held nothing but rows to be deleted was detached and dropped.
struct PartitionDropped {
  std::string partition;
  std::int64_t rows = 0;
  std::chrono::milliseconds duration{0};
};
/// A partition that the spec wants dropped is not; its rows are deleted in batches.
struct PartitionKept {
  std::string partition;
  std::string reason;
};
/// A range is committed as done.
struct RangeFinished {
  std::int64_t range = 0;
  std::int64_t rows_changed = 0;
};
/// A worker gave the far part of its range away.
struct RangeSplit {
  std::int64_t range = 0;
  std::int64_t new_range = 0;
};
/// Somebody asked the job to stop; the current batches finish first.
struct StopRequested {
  std::string by;  ///< for instance "SIGINT"
};
/// The job stopped before its end; `error` says why and how to go on.
struct Stopped {
  Error error;
};
/// The job is done: every range is committed as done.
struct Done {
  std::int64_t rows_changed = 0;
  std::chrono::milliseconds duration{0};  ///< of this run
};

}  // namespace event

/// One event with its time and job.
struct Event {
  using Body =
      std::variant<event::Registered, event::Started, event::Resumed, event::RangeLeased, event::BatchCommitted,
                   event::BatchFailed, event::RowsDeferred, event::RowQuarantined, event::Finishing, event::FailedOver,
                   event::PartitionDropped, event::PartitionKept, event::RangeFinished, event::RangeSplit,
                   event::Throttled, event::Unthrottled, event::PaceChanged, event::WorkersFound, event::StripesJudged,
                   event::Vacuumed, event::NotWatched, event::TableGrows, event::SettingsChanged, event::StopRequested,
                   event::Stopped, event::Done>;
  std::chrono::system_clock::time_point at;
  std::string job;
  Body body;
  std::string kind = "update";  ///< of the job: what its counts of changed rows are of
};

}  // namespace pgfill
