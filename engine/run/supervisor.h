// Keeps a run in touch: with the ledger (heartbeat, events, sums, the wish) and with people (Control, progress).
// Decides nothing about ranges.
#pragma once

#include <memory>
#include <string>

#include "async/task_group.h"
#include "pgfill/job.h"
#include "run/completion.h"
#include "run/event_log.h"
#include "run/pressure.h"
#include "run/progress_meter.h"
#include "run/steering.h"
#include "run/workers.h"
#include "schedule/scheduler.h"

namespace pgfill::run {

/// What a run consists of; all outlive the supervisor.
struct RunParts {
  const ConnectionSettings& connection;
  Sessions& sessions;
  std::string job;
  std::int64_t job_id = 0;
  std::int64_t runner_id = 0;
  std::uint32_t table_oid = 0;
  Observer& observer;
  Steering& steering;
  Pressure& pressure;
  throttle::Gate& gate;
  schedule::Scheduler& scheduler;
  Workers& workers;
  const Completion& completion;
  ProgressMeter& meter;
  EventLog& events;
  std::optional<event::FailedOver>& failover;  ///< one that has not been told yet
};

/// Not thread-safe: lives on the executor of the scheduler.
class Supervisor {
 public:
  Supervisor(RunParts parts, std::unique_ptr<postgres::Session> session);

  /// Obeys the Control and publishes progress, until cancelled. Polls every 50 ms: a signal handler can only count.
  async::Task<void> steer();
  /// Reads what others than the job's server say, until cancelled: nobody waits for a service that does not answer.
  async::Task<void> listen_elsewhere();
  /// Obeys the ledger's wish every 200 ms; heartbeat, events and sums every 500 ms; signals when they are due; until
  /// cancelled. Reconnects its session.
  async::Task<void> keep_in_touch();

  /// The present state as observers see it.
  Progress progress() const;
  /// The control session, reopened when it was lost; for the last words of a run. Throws Failure.
  async::Task<postgres::Session*> session();
  /// Ends the control session, in the midst of what it does: another server has taken over.
  void cut_session() {
    if (session_) session_->cut();
  }

 private:
  async::Task<void> enforce_stop();
  async::Task<void> cancel_batches();
  async::Task<void> obey_ledger(postgres::Session& session);
  async::Task<void> look_at_table(postgres::Session& session);
  async::Task<void> beat(postgres::Session& session);
  void note_failure(const postgres::Failure& failure);
  async::Task<void> watch_growth(postgres::Session& session, std::int64_t rows_beyond);
  std::string report() const;

  RunParts parts_;
  std::unique_ptr<postgres::Session> session_;
  bool told_growth_ = false;
  std::optional<async::TimePoint> cancelled_at_;  ///< when the batches were
  std::optional<async::TimePoint> lost_since_;    ///< since when the control session gets no answer
};

}  // namespace pgfill::run
