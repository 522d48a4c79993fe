// Keeps a run in touch: with the ledger (heartbeat, events, sums), with the database's pressure (signals into the gate)
// and with people (Control, progress). Decides nothing about ranges.
#pragma once

#include <memory>
#include <string>

#include "async/task_group.h"
#include "pgfill/job.h"
#include "run/completion.h"
#include "run/event_log.h"
#include "run/progress_meter.h"
#include "run/workers.h"
#include "schedule/scheduler.h"
#include "throttle/sampler.h"

namespace pgfill::run {

/// What a run consists of; all outlive the supervisor.
struct RunParts {
  const ConnectionSettings& connection;
  const Throttle& throttle;
  int worker_count = 1;
  std::uint32_t table = 0;  ///< OID
  Sessions& sessions;
  std::string job;
  std::int64_t job_id = 0;
  std::int64_t runner_id = 0;
  Control& control;
  Observer& observer;
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

  /// Does what the Control asks for since the last call. Cheap; asked before each batch, so that none begins after a
  /// pause or a stop.
  void obey();
  /// Obeys the Control and publishes progress, until cancelled. Polls every 50 ms: a signal handler can only count.
  async::Task<void> steer();
  /// Heartbeats, events, sums and signals every 500 ms, until cancelled; reconnects its session.
  async::Task<void> keep_in_touch();

  /// The present state as observers see it.
  Progress progress() const;
  /// The control session, reopened when it was lost; for the last words of a run. Throws Failure.
  async::Task<postgres::Session*> session();

 private:
  async::Task<void> enforce_stop();
  async::Task<void> cancel_batches();
  async::Task<void> beat();
  std::string report() const;

  RunParts parts_;
  std::unique_ptr<postgres::Session> session_;
  throttle::Sampler sampler_;
  int obeyed_ = 0;
  std::optional<async::TimePoint> stop_asked_;
  int cancels_sent_ = 0;
};

}  // namespace pgfill::run
