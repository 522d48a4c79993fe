// The workers' sessions and leases: what the scheduler's callables do. Each worker has one session, opened when it is
// first needed and again when it was lost.
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "ledger/range.h"
#include "postgres/session.h"
#include "run/relations.h"
#include "run/sessions.h"
#include "schedule/scheduler.h"
#include "work/lease_book.h"
#include "work/range_worker.h"

namespace pgfill::run {

/// Not thread-safe: lives on the executor of the scheduler.
class Workers {
 public:
  Workers(Sessions& sessions, std::int64_t runner_id, Relations& relations, work::WorkerHooks hooks);

  async::Task<std::optional<RangeOutcome>> connect(int worker);
  async::Task<schedule::NextRange> next_range(int worker, std::optional<std::int64_t> again);
  async::Task<RangeOutcome> run_range(int worker);
  /// A worker's session, opened when it is not. Throws Failure.
  async::Task<postgres::Session*> session(int worker);
  /// Any session, an open one if there is one: while no worker works. A crowded server may have no other to give.
  async::Task<postgres::Session*> idle_session();
  /// Ends the sessions there are, in the midst of what they do: another server has taken over.
  void cut_sessions();
  /// Called when a worker gets no session because there are too many.
  std::function<void()> on_crowd = [] {};
  /// Names of the sessions that are open, as pg_stat_activity shows them.
  std::vector<std::string> session_names() const;

 private:
  struct Worker {
    std::unique_ptr<postgres::Session> session;
    int backend_pid = 0;  ///< of the session, also when it was lost
    std::unique_ptr<work::RangeWorker> range_worker;
    ledger::Lease lease;
    std::shared_ptr<const work::JobWork> job;        ///< of the relation that the range is in
    std::optional<async::TimePoint> looked_at = {};  ///< when its session has looked at the table and its partitions
  };
  async::Task<std::optional<ledger::Lease>> ask(postgres::Session& session, work::LeaseSearch::Step step,
                                                std::optional<std::int64_t> again, Worker& worker);
  async::Task<RangeOutcome> judge(postgres::Session& session, int number, RangeOutcome outcome);

  Sessions& sessions_;
  Relations& relations_;
  std::int64_t runner_id_;
  work::WorkerHooks hooks_;
  Worker& worker(int number);

  work::Refusals refusals_;
  std::deque<Worker> workers_;  ///< as many as were ever needed at once
  work::LeaseBook book_;
};

/// A failure of the database as the scheduler reads it.
RangeOutcome outcome_of(const postgres::Failure& failure);

}  // namespace pgfill::run
