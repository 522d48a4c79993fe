// The composition root: the phases of a job in order. Everything a run consists of is made and wired here.
#include <boost/asio/this_coro.hpp>

#include "async/run_to_end.h"
#include "ledger/runner.h"
#include "ledger/skipped.h"
#include "pgfill/job.h"
#include "run/claim.h"
#include "run/ending.h"
#include "run/job_work_of.h"
#include "run/open_job.h"
#include "run/sessions.h"
#include "run/supervisor.h"

namespace pgfill {
namespace run {
namespace {

using async::Task;

/// A lost connection at the very end is mended for this long; the work itself is committed by then.
constexpr std::chrono::seconds patience_with_goodbye{15};
constexpr std::chrono::milliseconds goodbye_retry{200};

/// What a run is told from outside; outlives it.
struct Order {
  const JobSpec& spec;
  const ConnectionSettings& connection;
  const RunOptions& options;
  Control& control;
  Observer& observer;
};

/// The parts of one run and what happens between them.
class JobRun {
 public:
  JobRun(const Order& order, boost::asio::any_io_executor executor, Sessions& sessions, OpenedJob job, Claim claim,
         work::JobWork job_work);

  Task<RunReport> execute(std::unique_ptr<postgres::Session> session);

 private:
  int worker_count() const { return order_.options.workers > 0 ? order_.options.workers : order_.spec.workers; }
  work::WorkerHooks hooks();
  schedule::Seams seams();
  Task<work::Permit> permit();
  void tell_gate(const throttle::Gate& gate);
  Task<void> begin(postgres::Session& session);
  Task<schedule::Ending> work();
  void followed(int former_timeline, int timeline);
  Task<RunReport> end(schedule::Ending ending);
  Task<void> say_end(postgres::Session& session, const schedule::Ending& ending, RunReport& report);
  RunParts parts();

  const Order& order_;
  boost::asio::any_io_executor executor_;
  Sessions& sessions_;
  OpenedJob job_;
  Claim claim_;
  work::JobWork job_work_;
  ProgressMeter meter_;
  EventLog events_;
  throttle::Gate gate_;
  Workers workers_;
  schedule::Scheduler scheduler_;
  Completion completion_;
  std::optional<Supervisor> supervisor_;  ///< while the job runs
  std::optional<event::FailedOver> failover_;
  bool told_closed_ = false;
  bool told_end_ = false;
};

JobRun::JobRun(const Order& order, boost::asio::any_io_executor executor, Sessions& sessions, OpenedJob job,
               Claim claim, work::JobWork job_work)
    : order_(order),
      executor_(executor),
      sessions_(sessions),
      job_(std::move(job)),
      claim_(std::move(claim)),
      job_work_(std::move(job_work)),
      meter_(order.spec.job, job_.record.schema + "." + job_.record.table, job_.record.estimated_rows, worker_count(),
             async::Clock::now()),
      events_(order.spec.job, job_.record.id, order.observer, meter_),
      gate_(executor),
      workers_(sessions, claim_.runner_id, job_work_, hooks(), worker_count()),
      scheduler_(executor, gate_, seams(), worker_count()),
      completion_(job_work_, hooks(), workers_, scheduler_) {
  gate_.on_change = [this](const throttle::Gate& gate) { tell_gate(gate); };
  sessions_.limit_pace(static_cast<std::size_t>(worker_count()) + 2);
  sessions_.follow(job_.record.id, [this](int former, int timeline) { followed(former, timeline); });
}

work::WorkerHooks JobRun::hooks() {
  work::WorkerHooks hooks;
  hooks.permit = [this] { return permit(); };
  hooks.emit = [this](Event::Body body) {
    const bool split = std::holds_alternative<event::RangeSplit>(body);
    const bool committed = std::holds_alternative<event::BatchCommitted>(body);
    events_.emit(std::move(body));
    if (split) scheduler_.range_added();
    if (committed) scheduler_.batch_committed();
  };
  return hooks;
}

schedule::Seams JobRun::seams() {
  schedule::Seams seams;
  seams.next_range = [this](int worker, std::optional<std::int64_t> again) {
    return workers_.next_range(worker, again);
  };
  seams.run_range = [this](int worker) { return workers_.run_range(worker); };
  seams.emit = [this](Event::Body body) { events_.emit(std::move(body)); };
  return seams;
}

Task<work::Permit> JobRun::permit() {
  if (supervisor_) supervisor_->obey();
  while (!scheduler_.stopping() && !gate_.is_open()) co_await gate_.wait_change();
  if (scheduler_.stopping()) co_return work::Permit::stop;
  co_return scheduler_.wants_split() ? work::Permit::split : work::Permit::go_on;
}

void JobRun::tell_gate(const throttle::Gate& gate) {
  if (!gate.is_open()) {
    events_.emit(event::Throttled{gate.reason()});
  } else if (told_closed_) {
    const auto closed_for = async::Clock::now() - gate.closed_since();
    events_.emit(event::Unthrottled{std::chrono::duration_cast<std::chrono::milliseconds>(closed_for)});
  }
  told_closed_ = !gate.is_open();
}

RunParts JobRun::parts() {
  return {order_.connection, order_.spec.throttle, worker_count(), job_work_.table_oid,
          sessions_,         order_.spec.job,      job_.record.id, claim_.runner_id,
          order_.control,    order_.observer,      gate_,          scheduler_,
          workers_,          completion_,          meter_,         events_,
          failover_};
}

Task<RunReport> JobRun::execute(std::unique_ptr<postgres::Session> session) {
  co_await begin(*session);
  supervisor_.emplace(parts(), std::move(session));
  async::TaskGroup company(executor_);
  company.spawn(supervisor_->steer());
  company.spawn(supervisor_->keep_in_touch());
  schedule::Ending ending = co_await work();
  company.cancel();
  co_await company.join();
  RunReport report = co_await end(std::move(ending));
  order_.observer.on_progress(report.progress);
  co_return report;
}

/// The ranges, then what is left when all of them are done.
Task<schedule::Ending> JobRun::work() {
  for (;;) {
    schedule::Ending ending = co_await scheduler_.run();
    if (ending.how == schedule::Ending::How::all_done) ending = co_await completion_.run();
    if (ending.how != schedule::Ending::How::all_done || !completion_.went_back()) co_return ending;
  }
}

/// Told when the ledger's sums have been read on the new server.
void JobRun::followed(int former_timeline, int timeline) {
  const std::int64_t before = failover_ ? failover_->rows_before : meter_.progress(async::Clock::now(), 0).rows_changed;
  const int former = failover_ ? failover_->former_timeline : former_timeline;
  failover_ = event::FailedOver{former, timeline, before, 0};
}

Task<void> JobRun::begin(postgres::Session& session) {
  const ledger::RangeTotals totals = co_await ledger::range_totals(session, job_.record.id);
  meter_.set_base(totals);
  if (job_.planned_ranges > 0) events_.emit(event::Registered{job_.planned_ranges, job_.record.estimated_rows});
  if (totals.batches == 0 && claim_.crashed_host.empty()) {
    events_.emit(event::Started{worker_count()});
  } else {
    events_.emit(event::Resumed{worker_count(), totals.share_done, totals.rows_changed, claim_.crashed_host,
                                claim_.crashed_pid});
  }
}

/// What the ledger is told at the end. May be repeated after a lost connection: the ledger's side is idempotent.
Task<void> JobRun::say_end(postgres::Session& session, const schedule::Ending& ending, RunReport& report) {
  bool all_done = ending.how == schedule::Ending::How::all_done;
  const ledger::RangeTotals totals = co_await ledger::range_totals(session, job_.record.id);
  const ledger::SkippedRows skipped = co_await ledger::skipped_rows(session, job_.record.id);
  if (all_done && skipped.quarantined > 0) {
    all_done = false;
    report.error = bad_rows_error(order_.spec.job, skipped);
    report.progress.state = "failed";
  }
  meter_.take(totals, async::Clock::now());
  if (!told_end_) {
    told_end_ = true;
    const Progress progress = meter_.progress(async::Clock::now(), 0);
    if (!all_done && report.error.message.empty()) report.error = error_of(ending, order_.spec.job, progress);
    if (all_done) {
      events_.emit(event::Done{progress.rows_changed, progress.elapsed});
    } else {
      events_.emit(event::Stopped{report.error});
    }
  }
  co_await events_.flush(session);
  co_await ledger::end_runner(session, claim_.runner_id, report.progress.state, report.error.message);
}

/// The last words: into the ledger if it can be reached within patience, to the caller in any case.
Task<RunReport> JobRun::end(schedule::Ending ending) {
  RunReport report;
  report.progress.state = ending.how == schedule::Ending::How::all_done  ? "done"
                          : ending.how == schedule::Ending::How::stopped ? "stopped"
                                                                         : "failed";
  const async::Deadline patience = async::Deadline::after(patience_with_goodbye);
  std::optional<postgres::Failure> failure;
  do {
    if (failure) co_await async::sleep_for(goodbye_retry);
    failure.reset();
    try {
      postgres::Session& session = *co_await supervisor_->session();
      co_await say_end(session, ending, report);
    } catch (const postgres::Failure& thrown) {
      failure = thrown;
    }
  } while (failure && failure->failure_class() == FailureClass::reconnect && !patience.passed());
  const std::string state = report.progress.state;
  report.progress = meter_.progress(async::Clock::now(), 0);
  report.progress.state = state;
  if (failure && report.error.message.empty()) {
    report.error = postgres::to_error(*failure, "ending job " + order_.spec.job);
    report.error.state = "every batch that was reported as committed is in the ledger";
  }
  report.exit = report.error.message.empty() ? ExitCode::done : exit_code_of(report.error.code);
  co_return report;
}

RunReport failed(Error error) {
  RunReport report;
  report.exit = exit_code_of(error.code);
  report.error = std::move(error);
  return report;
}

Task<RunReport> already_done(postgres::Session& session, const ledger::JobRecord& job) {
  const ledger::RangeTotals totals = co_await ledger::range_totals(session, job.id);
  ProgressMeter meter(job.name, job.schema + "." + job.table, job.estimated_rows, 0, async::Clock::now());
  meter.set_base(totals);
  RunReport report;
  report.exit = ExitCode::done;
  report.was_done_before = true;
  report.progress = meter.progress(async::Clock::now(), 0);
  report.progress.state = "done";
  co_return report;
}

/// The knobs of the spec hold for this run and for later ones, once the job is ours.
Task<void> keep_spec(postgres::Session& session, ledger::JobRecord& job, std::string yaml) {
  if (job.spec_yaml == yaml) co_return;
  co_await ledger::update_spec(session, job.id, yaml);
  job.spec_yaml = std::move(yaml);
}

Task<RunReport> execute(const Order& order) {
  Sessions sessions(order.connection, order.spec.job);
  auto session = co_await sessions.open("control");
  Result<OpenedJob> job = co_await open_job(*session, order.spec, sessions.server().identity(), order.options.again);
  if (!job) co_return failed(job.error());
  if (job->record.state == "done") {
    RunReport report = co_await already_done(*session, job->record);
    co_return report;
  }
  Result<Claim> claim = co_await claim_job(*session, job->record.id, job->record.name, order.options.takeover);
  if (!claim) co_return failed(claim.error());
  co_await keep_spec(*session, job->record, to_yaml(order.spec));
  work::JobWork job_work = co_await work_of(*session, job->record, order.spec, sessions.server());
  const auto executor = co_await boost::asio::this_coro::executor;
  JobRun run(order, executor, sessions, std::move(*job), std::move(*claim), std::move(job_work));
  RunReport report = co_await run.execute(std::move(session));
  co_return report;
}

}  // namespace
}  // namespace run

RunReport run_job(const JobSpec& spec, const ConnectionSettings& connection, const RunOptions& options,
                  Control& control, Observer& observer) {
  if (auto refused = postgres::check_conninfo(connection.conninfo)) return run::failed(*refused);
  const run::Order order{spec, connection, options, control, observer};
  try {
    return async::run_to_end(run::execute(order));
  } catch (const postgres::Failure& failure) {
    return run::failed(postgres::to_error(failure, "starting job " + spec.job));
  }
}

}  // namespace pgfill
