// One run of a job: its parts, made and wired here, and the phases between them in order. start_job.cpp opens the job
// and makes one.
#pragma once

#include "control/steering.h"
#include "pgfill/job.h"
#include "run/claim.h"
#include "run/open_job.h"
#include "run/partition_drops.h"
#include "run/relations.h"
#include "run/sessions.h"
#include "run/supervisor.h"
#include "run/vacuum.h"
#include "work/stripe_watch.h"

namespace pgfill::run {

/// What a run is given from outside; outlives it.
struct Order {
  const JobSpec& spec;
  const ConnectionSettings& connection;
  const RunOptions& options;
  Control& control;
  Observer& observer;
};

/// Not thread-safe: lives on the executor of the scheduler. Everything that a run consists of is its member.
class JobRun {
 public:
  JobRun(const Order& order, boost::asio::any_io_executor executor, Sessions& sessions, OpenedJob job, Claim claim,
         WholeTable whole, const ledger::Request& request);

  async::Task<RunReport> execute(std::unique_ptr<postgres::Session> session);

 private:
  work::WorkerHooks hooks();
  schedule::Seams seams();
  throttle::SignalContext signal_context() const;
  async::Task<work::Permit> permit(int worker);
  async::Task<RangeOutcome> run_range(int worker);
  void report_gate(const throttle::Gate& gate);
  void take_measured(std::int64_t on_page, std::int64_t changed);
  async::Task<void> begin(postgres::Session& session);
  async::Task<schedule::Ending> work();
  void followed(int former_timeline, int timeline);
  async::Task<schedule::Ending> work_in_company();
  async::Task<std::optional<RunReport>> end(schedule::Ending ending);
  async::Task<bool> agreed(postgres::Session& session);
  async::Task<bool> end_in_ledger(postgres::Session& session, const schedule::Ending& ending, RunReport& report);
  void report_end(const schedule::Ending& ending, bool all_done, RunReport& report);
  RunParts parts();

  const Order& order_;
  boost::asio::any_io_executor executor_;
  Sessions& sessions_;
  OpenedJob job_;
  Claim claim_;
  Relations relations_;
  const work::JobWork& job_work_;  ///< of the whole table
  ProgressMeter meter_;
  EventLog events_;
  throttle::Gate gate_;
  Workers workers_;
  schedule::Scheduler scheduler_;
  Completion completion_;
  control::Steering steering_;
  throttle::Admission admission_;
  Pressure pressure_;
  work::StripeWatch stripe_watch_;
  PartitionDrops drops_;
  Vacuum vacuum_;
  std::optional<Supervisor> supervisor_;  ///< while the job runs
  std::optional<event::FailedOver> failover_;
  bool reported_closed_ = false;
  bool reported_end_ = false;
};

}  // namespace pgfill::run
