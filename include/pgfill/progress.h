// Where a job stands, and the observer that hears of it while it runs. Value types; safe to copy between threads.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "pgfill/event.h"
#include "pgfill/job_state.h"

namespace pgfill {

/// Where the job stands, a few times a second. `share` is a position in the key distribution and never passes 1.
struct Progress {
  std::string job;
  std::string table;                                 ///< schema-qualified
  std::string kind = "update";                       ///< or delete
  JobState state = JobState::running;                ///< also one that the ledger does not keep
  std::string reason;                                ///< why it waits or is slow; empty when it is not
  std::optional<WaitReason> held_by;                 ///< why no batch begins; empty: they do
  double share = 0;                                  ///< 0 to 1
  std::int64_t estimated_rows = 0;                   ///< in the table; grows when more are met than there were
  std::int64_t rows_changed = 0;                     ///< committed, all runs of the job; or deleted
  std::int64_t rows_kept = 0;                        ///< by triggers, from being deleted; all runs of the job
  std::int64_t rows_changed_now = 0;                 ///< committed, this run
  double rows_per_second = 0;                        ///< changed, last 5 seconds
  double rows_per_second_average = 0;                ///< changed, this run
  std::optional<std::chrono::seconds> eta_shortest;  ///< absent while unknown
  std::optional<std::chrono::seconds> eta_longest;
  std::int64_t batch_rows = 0;  ///< present slice size, median over workers
  std::chrono::microseconds batch_p50{0};
  std::chrono::microseconds batch_p99{0};
  std::int64_t batches = 0;      ///< committed, this run
  std::int64_t retries = 0;      ///< batches that failed and were tried again, this run
  std::int64_t deferred = 0;     ///< rows listed because others held them
  std::int64_t quarantined = 0;  ///< rows listed because they cannot take their new value
  int workers_busy = 0;
  int workers = 0;
  std::int64_t ranges_done = 0;
  std::int64_t ranges = 0;
  std::optional<std::int64_t> replica_lag_bytes;  ///< the worst replica; absent when there is none or it is unknown
  std::chrono::milliseconds elapsed{0};           ///< this run
};

/// Receives events and progress. Called from the thread that runs the job, never concurrently, never after run_job has
/// returned; must not block.
class Observer {
 public:
  virtual ~Observer() = default;
  virtual void on_event(const Event& event) = 0;
  virtual void on_progress(const Progress& progress) = 0;
};

}  // namespace pgfill
