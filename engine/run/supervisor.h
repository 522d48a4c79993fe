// Keeps a run in touch: with the ledger (heartbeat, events, sums, requests) and with people (Control, progress).
// Decides nothing about ranges.
#pragma once

#include <memory>
#include <string>

#include "async/task_group.h"
#include "control/steering.h"
#include "pgfill/job.h"
#include "run/completion.h"
#include "run/event_log.h"
#include "run/partition_drops.h"
#include "run/pressure.h"
#include "run/progress_meter.h"
#include "run/vacuum.h"
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
  control::Steering& steering;
  Pressure& pressure;
  throttle::Gate& gate;
  schedule::Scheduler& scheduler;
  Workers& workers;
  const Completion& completion;
  const PartitionDrops& drops;
  const Vacuum& vacuum;
  ProgressMeter& meter;
  EventLog& events;
  std::optional<event::FailedOver>& failover;  ///< one that has not been reported yet
};

/// Not thread-safe: lives on the executor of the scheduler.
class Supervisor {
 public:
  Supervisor(RunParts parts, std::unique_ptr<postgres::Session> session);

  /// Obeys the Control and publishes progress, until cancelled. Polls every 50 ms: a signal handler can only count.
  async::Task<void> steer();
  /// Reads what others than the job's server say, until cancelled: nobody waits for a service that does not answer.
  async::Task<void> listen_elsewhere();
  /// Obeys the requests in the ledger every 200 ms; heartbeat, events and sums every 500 ms; until cancelled.
  /// Reconnects its session.
  async::Task<void> keep_in_touch();
  /// Reads the signals of the job's server when they are due, until cancelled. In a session of its own: a signal may
  /// take seconds to answer, and nobody who steers waits for that. Where the server has no such session to give, the
  /// control session reads them.
  async::Task<void> read_signals();
  /// A worker gets no session since there are too many: it needs the one of the signals more.
  void give_up_signal_session();

  /// The present state as observers see it.
  Progress progress() const;
  /// The control session, reopened when it was lost; for the end of a run. Throws Failure.
  async::Task<postgres::Session*> session();
  /// Ends its sessions, in the midst of what they do: another server has taken over.
  void cut_sessions() {
    if (session_) session_->cut();
    if (signal_session_) signal_session_->cut();
  }

 private:
  async::Task<void> enforce_stop();
  async::Task<void> cancel_batches();
  async::Task<void> obey_ledger(postgres::Session& session);
  async::Task<void> read_signals_apart();
  async::Task<void> look_at_table(postgres::Session& session);
  async::Task<void> beat(postgres::Session& session);
  void note_failure(const postgres::Failure& failure);
  async::Task<void> watch_growth(postgres::Session& session, std::int64_t rows_beyond);
  std::string report() const;

  RunParts parts_;
  std::unique_ptr<postgres::Session> session_;
  std::unique_ptr<postgres::Session> signal_session_;
  bool crowded_ = false;         ///< the server has no session to give to the signals
  bool signals_shared_ = false;  ///< so the control session reads them
  bool reported_growth_ = false;
  std::optional<async::TimePoint> cancelled_at_;  ///< when the batches were
  std::optional<async::TimePoint> lost_since_;    ///< since when the control session gets no answer
};

}  // namespace pgfill::run
