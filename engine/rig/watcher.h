// Looks at a scratch server a hundred times a second, in a thread of its own: how far the job is, how far the replica
// lags. Remembers the worst.
#pragma once

#include <atomic>
#include <cstdint>
#include <thread>

#include "async/task.h"
#include "pgfill/job.h"
#include "postgres/session.h"

namespace pgfill::rig {

/// Starts at once; ends with the object, or when the server goes away. Readable from any thread.
class Watcher {
 public:
  explicit Watcher(const ConnectionSettings& connection);
  ~Watcher();
  Watcher(const Watcher&) = delete;
  Watcher& operator=(const Watcher&) = delete;

  /// Rows the ledger says are changed and committed; all jobs of the database.
  std::int64_t rows_changed() const { return rows_changed_; }
  /// Bytes of WAL the replica furthest behind has yet to replay: now, and the most since the start.
  std::int64_t replica_lag() const { return lag_; }
  std::int64_t worst_replica_lag() const { return worst_lag_; }
  bool replica_seen() const { return replica_seen_; }

 private:
  async::Task<void> watch();
  void remember_lag(const postgres::Rows& answer);

  const ConnectionSettings connection_;
  std::atomic<bool> stopping_{false};
  std::atomic<bool> replica_seen_{false};
  std::atomic<std::int64_t> rows_changed_{0};
  std::atomic<std::int64_t> lag_{0};
  std::atomic<std::int64_t> worst_lag_{0};
  std::thread thread_;
};

}  // namespace pgfill::rig
