// Opens the sessions of a run, and sees to it that all of them lead to the server the job lives on: a promoted replica
// is followed, a former primary, a copy or another cluster never.
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <string>

#include "async/clock.h"
#include "async/task.h"
#include "ledger/server.h"
#include "pgfill/job.h"
#include "postgres/session.h"

namespace pgfill::run {

/// Not thread-safe: lives on the executor of the scheduler.
class Sessions {
 public:
  Sessions(ConnectionSettings connection, std::string job) : connection_(std::move(connection)), job_(std::move(job)) {}

  /// `role` is the part of the job, for instance "control" or a worker's number; shown as pgfill:<job>/<role>. Throws
  /// postgres::Failure; PF003 when the server is not the job's.
  async::Task<std::unique_ptr<postgres::Session>> open(std::string role);

  /// No more than two connections beside these workers' begin within any second: a link that comes and goes, or a
  /// server that refuses, is not stormed.
  void limit_pace_for(int workers) { a_second_ = static_cast<std::size_t>(workers) + 2; }

  /// The server of the first session, then of the latest failover.
  const ledger::Server& server() const { return server_; }
  /// From now on a server that took over is entered into the ledger of this job. `mark`: in that ledger, as written by
  /// this runner on the present timeline.
  void follow(std::int64_t job_id, std::string mark,
              std::function<void(int former_timeline, int timeline)> on_failover);

 private:
  async::Task<void> wait_turn();
  async::Task<void> check(postgres::Session& session);
  void check_timeline(const ledger::Server& found);
  async::Task<void> enter(postgres::Session& session, std::string identity);

  ConnectionSettings connection_;
  std::string job_;
  std::int64_t job_id_ = 0;
  ledger::Server server_;
  std::string mark_;               ///< in the ledger of the server, which no other server of this timeline has
  bool entered_ = true;            ///< the ledger knows that the server is the job's
  bool entering_ = false;          ///< a session writes that into the ledger
  async::TimePoint former_until_;  ///< until then a former primary is met with patience
  std::size_t a_second_ = 4;
  std::deque<async::TimePoint> begun_;  ///< when the latest connections began, or will
  std::function<void(int, int)> on_failover_;
};

}  // namespace pgfill::run
