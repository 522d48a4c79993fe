#include "run/job_run.h"

#include <utility>

#include "async/task_group.h"
#include "ledger/job.h"
#include "ledger/runner.h"
#include "ledger/skipped.h"
#include "postgres/session_name.h"
#include "run/ending.h"

namespace pgfill::run {

using async::Task;

namespace {

/// A lost connection at the very end is mended for this long; the work itself is committed by then.
constexpr std::chrono::seconds patience_with_ending{15};
constexpr std::chrono::milliseconds ending_retry{200};
constexpr std::chrono::milliseconds went_back_pause{200};

}  // namespace

JobRun::JobRun(const Order& order, boost::asio::any_io_executor executor, Sessions& sessions, OpenedJob job,
               Claim claim, WholeTable whole, const ledger::Request& request)
    : order_(order),
      executor_(executor),
      sessions_(sessions),
      job_(std::move(job)),
      claim_(std::move(claim)),
      relations_(job_.spec, std::move(whole), job_.record.by_leaf),
      job_work_(relations_.whole()),
      meter_(order.spec.job, job_.record.schema + "." + job_.record.table, job_.record.kind, job_.record.estimated_rows,
             async::Clock::now()),
      events_(order.spec.job, job_.record.kind, job_.record.id, order.observer),
      gate_(executor),
      workers_(sessions, claim_.runner_id, relations_, hooks()),
      scheduler_(executor, gate_, seams(), 1),
      completion_(relations_, claim_.runner_id, hooks(), workers_, scheduler_),
      steering_(order.spec, order.options.workers, job_.record.one_at_a_time, order.control, gate_, scheduler_,
                [this](Event::Body body) { events_.emit(std::move(body)); }),
      admission_(gate_, throttle::Pace(), [this] { return scheduler_.stopping(); }),
      pressure_(signal_context(), steering_, gate_, admission_, scheduler_, meter_, events_),
      drops_(sessions_, job_, job_work_, claim_.runner_id, scheduler_, gate_, events_),
      vacuum_(sessions_, job_work_, pressure_, meter_, gate_, events_) {
  steering_.take(request);
  pressure_.decide();
  gate_.on_change = [this](const throttle::Gate& gate) { report_gate(gate); };
  sessions_.limit_pace_for(steering_.most_workers());
  sessions_.follow(job_.record.id, claim_.mark, [this](int former, int timeline) { followed(former, timeline); });
}

Task<work::Permit> JobRun::permit(int worker) {
  do {
    steering_.obey();
    if (!scheduler_.may_work(worker)) {
      admission_.end_batch(worker);
      co_return work::Permit::stop;
    }
    const bool admitted = co_await admission_.begin_batch(worker);
    // Waiting for a slot takes time, in which requests may have come.
    steering_.obey();
    if (!admitted || scheduler_.stopping()) co_return work::Permit::stop;
  } while (!gate_.is_open());
  co_return scheduler_.wants_split() ? work::Permit::split : work::Permit::go_on;
}

Task<RangeOutcome> JobRun::run_range(int worker) {
  RangeOutcome outcome = co_await workers_.run_range(worker);
  admission_.end_batch(worker);
  co_return outcome;
}

void JobRun::take_measured(std::int64_t on_page, std::int64_t changed) {
  const async::TimePoint now = async::Clock::now();
  if (!stripe_watch_.measured(on_page, changed, now)) return;
  const bool pay = stripe_watch_.pays(now);
  events_.emit(event::StripesJudged{pay, stripe_watch_.share(), pay ? "" : pressure_.holder_of_versions()});
}

void JobRun::report_gate(const throttle::Gate& gate) {
  if (const WaitReason* reason = gate.reason()) {
    events_.emit(event::Throttled{*reason});
  } else if (reported_closed_) {
    const auto closed_for = async::Clock::now() - gate.closed_since();
    events_.emit(event::Unthrottled{std::chrono::duration_cast<std::chrono::milliseconds>(closed_for)});
  }
  reported_closed_ = !gate.is_open();
}

Task<RunReport> JobRun::execute(std::unique_ptr<postgres::Session> session) {
  co_await begin(*session);
  supervisor_.emplace(parts(), std::move(session));
  workers_.on_crowd = [this] { supervisor_->give_up_signal_session(); };
  std::optional<RunReport> report;
  while (!report) {
    schedule::Ending ending = co_await work_in_company();
    report = co_await end(std::move(ending));
  }
  order_.observer.on_progress(report->progress);
  co_return std::move(*report);
}

/// The work, steered and watched.
Task<schedule::Ending> JobRun::work_in_company() {
  async::TaskGroup company(executor_);
  // Nobody steers or watches any more: whatever runs must end, also what waits for them.
  company.on_failure = [this] {
    scheduler_.stop();
    scheduler_.abandon();
  };
  company.spawn(supervisor_->steer());
  company.spawn(supervisor_->keep_in_touch());
  company.spawn(supervisor_->read_signals());
  company.spawn(supervisor_->listen_elsewhere());
  company.spawn(vacuum_.keep_room());
  schedule::Ending ending;
  std::exception_ptr defect;
  try {
    ending = co_await work();
  } catch (...) {
    defect = std::current_exception();
  }
  company.cancel();
  co_await company.join();
  if (defect) std::rethrow_exception(defect);
  co_return ending;
}

/// Whole partitions, the ranges, then what is left when all of them are done.
Task<schedule::Ending> JobRun::work() {
  const std::optional<schedule::Ending> undropped = co_await drops_.run();
  if (undropped) co_return *undropped;
  for (;;) {
    schedule::Ending ending = co_await scheduler_.run();
    if (ending.how == schedule::Ending::How::all_done) ending = co_await completion_.run();
    admission_.end_batch(0);
    const bool all_done = ending.how == schedule::Ending::How::all_done;
    if (all_done && !completion_.went_back()) co_await vacuum_.at_the_end();
    if (!all_done || !completion_.went_back()) co_return ending;
    // Or another runner has the ranges, which the heartbeat will tell.
    co_await async::sleep_for(went_back_pause);
  }
}

/// Sessions that lead elsewhere end: a former primary that lives on would go on with a job that is another's now.
/// Reported when the ledger's sums have been read on the new server.
void JobRun::followed(int former_timeline, int timeline) {
  const std::int64_t before = failover_ ? failover_->rows_before : meter_.progress(async::Clock::now(), 0).rows_changed;
  const int former = failover_ ? failover_->former_timeline : former_timeline;
  failover_ = event::FailedOver{former, timeline, before, 0};
  workers_.cut_sessions();
  drops_.cut_session();
  if (supervisor_) supervisor_->cut_sessions();
}

Task<void> JobRun::begin(postgres::Session& session) {
  const ledger::RangeTotals totals = co_await ledger::range_totals(session, job_.record.id);
  meter_.set_base(totals);
  // Acknowledges requests that were made before the start.
  const std::int64_t version = steering_.request().version;
  if (version > 0) co_await ledger::acknowledge(session, claim_.runner_id, version);
  if (job_.planned_ranges > 0) events_.emit(event::Registered{job_.planned_ranges, job_.record.estimated_rows});
  if (totals.batches == 0 && claim_.crashed_host.empty()) {
    events_.emit(event::Started{pressure_.workers()});
  } else {
    events_.emit(event::Resumed{pressure_.workers(), totals.share_done, totals.rows_changed, claim_.crashed_host,
                                claim_.crashed_pid});
  }
}

void JobRun::report_end(const schedule::Ending& ending, bool all_done, RunReport& report) {
  if (std::exchange(reported_end_, true)) return;
  const Progress progress = meter_.progress(async::Clock::now(), 0);
  if (!all_done && report.error.message.empty()) {
    const auto unwanted =
        steering_.cancelled() ? control::forbidden(steering_.request(), order_.spec.job) : std::nullopt;
    report.error = unwanted ? *unwanted : error_of(ending, order_.spec.job, progress);
    if (unwanted) report.error.state = committed_state(progress);
  }
  if (all_done) {
    events_.emit(event::Done{progress.rows_changed, progress.elapsed});
  } else {
    events_.emit(event::Stopped{report.error});
  }
}

/// Whether this ledger knows as well that nothing is left.
Task<bool> JobRun::agreed(postgres::Session& session) {
  co_await ledger::end_runner(session, claim_.runner_id, JobState::done, "");
  co_return co_await ledger::all_done(session, job_.record.id);
}

/// What the ledger learns at the end. May be repeated after a lost connection: the ledger's side is idempotent. False:
/// all was done, but this ledger knows of something left. A server has taken over that had not received all of it.
Task<bool> JobRun::end_in_ledger(postgres::Session& session, const schedule::Ending& ending, RunReport& report) {
  bool all_done = ending.how == schedule::Ending::How::all_done;
  const std::int64_t job_id = job_.record.id;
  co_await vacuum_.end(session);
  if (all_done) {
    const bool known = co_await agreed(session);
    if (!known) co_return false;
  }
  const ledger::RangeTotals totals = co_await ledger::range_totals(session, job_id);
  const ledger::SkippedRows skipped = co_await ledger::skipped_rows(session, job_id);
  if (all_done && skipped.quarantined > 0) {
    all_done = false;
    report.error = bad_rows_error(order_.spec.job, skipped);
    report.progress.state = JobState::failed;
  }
  meter_.take(totals, async::Clock::now());
  report_end(ending, all_done, report);
  co_await events_.flush(session);
  if (!all_done) co_await ledger::end_runner(session, claim_.runner_id, report.progress.state, report.error.message);
  co_return true;
}

/// The end: into the ledger if it can be reached within patience, to the caller in any case. Empty: it is not
/// the end.
Task<std::optional<RunReport>> JobRun::end(schedule::Ending ending) {
  RunReport report;
  report.progress.state = ending.how == schedule::Ending::How::all_done  ? JobState::done
                          : steering_.cancelled()                        ? JobState::cancelled
                          : ending.how == schedule::Ending::How::stopped ? JobState::stopped
                                                                         : JobState::failed;
  const async::Deadline patience = async::Deadline::after(patience_with_ending);
  std::optional<postgres::Failure> failure;
  do {
    if (failure) co_await async::sleep_for(ending_retry);
    failure.reset();
    try {
      postgres::Session& session = *co_await supervisor_->session();
      const bool known = co_await end_in_ledger(session, ending, report);
      if (!known) {
        reported_end_ = false;
        events_.withdraw_done();
        co_return std::nullopt;
      }
    } catch (const postgres::Failure& thrown) {
      failure = thrown;
    }
  } while (failure && failure->failure_class() == FailureClass::reconnect && !patience.passed());
  const JobState state = report.progress.state;
  report.progress = meter_.progress(async::Clock::now(), 0);
  report.progress.state = state;
  if (failure && report.error.message.empty()) {
    report.error = postgres::to_error(*failure, "ending job " + order_.spec.job);
    report.error.state = "every batch that was reported as committed is in the ledger";
  }
  report.advice = vacuum_.advice();
  report.exit = report.error.message.empty() ? ExitCode::done : exit_code_of(report.error.code);
  co_return report;
}

}  // namespace pgfill::run
