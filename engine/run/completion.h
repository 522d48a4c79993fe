// The end of a job, when every range is done: rows that batches went around are revisited, transactions that may have
// inserted rows behind the cursors are outlasted, and the table is swept for what was left behind.
#pragma once

#include <optional>
#include <string>

#include "postgres/session.h"
#include "run/workers.h"
#include "schedule/retry_policy.h"
#include "schedule/scheduler.h"
#include "work/skipped_rows.h"
#include "work/sweep.h"

namespace pgfill::run {

/// Not thread-safe: lives on the executor of the scheduler. All it is given outlives it.
class Completion {
 public:
  Completion(Relations& relations, std::int64_t runner_id, work::WorkerHooks hooks, Workers& workers,
             schedule::Scheduler& scheduler);

  /// Answers all_done when no row is left but the quarantined, else why it ended. Throws nothing of the database.
  async::Task<schedule::Ending> run();
  /// After all_done: a server that took over lacks the end of a range, which is to be run again.
  bool went_back() const { return went_back_; }

  /// What it waits for now, in words; empty: nothing.
  const std::string& waiting_for() const { return waiting_for_; }

 private:
  async::Task<void> finish(postgres::Session& session);
  async::Task<bool> revisit(postgres::Session& session);
  async::Task<std::optional<std::int64_t>> revisit_once(postgres::Session& session);
  async::Task<void> try_quarantined(postgres::Session& session);
  async::Task<bool> outlast_writers(postgres::Session& session);
  async::Task<void> sweep(postgres::Session& session, std::optional<std::string> until);
  async::Task<void> sweep_pieces(postgres::Session& session, work::Sweep& sweep);
  void require_an_end(std::size_t found) const;
  async::Task<bool> tells_done_rows(postgres::Session& session);
  static async::Task<void> clear_up(postgres::Session& session);
  async::Task<void> pause(async::milliseconds length);
  void say(std::string step);

  Relations& relations_;
  const work::JobWork& job_;  ///< of the whole table
  const std::int64_t runner_id_;
  work::WorkerHooks hooks_;
  Workers& workers_;
  schedule::Scheduler& scheduler_;
  work::Refusals refusals_;
  std::string waiting_for_;
  bool went_back_ = false;
  int attempts_ = 0;
  std::string failed_last_;
  schedule::SlowTries slow_tries_;
  std::optional<async::TimePoint> trouble_since_;
};

}  // namespace pgfill::run
