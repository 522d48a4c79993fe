#include "run/start_job.h"

#include <boost/asio/this_coro.hpp>

#include "plan/read_facts.h"
#include "run/job_work_of.h"

namespace pgfill::run {
namespace {

using async::Task;

Task<RunReport> already_done(postgres::Session& session, const ledger::JobRecord& job) {
  const ledger::RangeTotals totals = co_await ledger::range_totals(session, job.id);
  ProgressMeter meter(job.name, job.schema + "." + job.table, job.kind, job.estimated_rows, async::Clock::now());
  meter.set_base(totals);
  RunReport report;
  report.exit = ExitCode::done;
  report.was_done_before = true;
  report.progress = meter.progress(async::Clock::now(), 0);
  report.progress.state = JobState::done;
  co_return report;
}

/// The knobs of the spec hold for this run and for later ones, once the job is ours.
Task<void> keep_spec(postgres::Session& session, ledger::JobRecord& job, std::string yaml) {
  if (job.spec_yaml == yaml) co_return;
  co_await ledger::update_spec(session, job.id, yaml);
  job.spec_yaml = std::move(yaml);
}

/// At once, and not after the workers have tried for minutes.
Error too_few_sessions(const plan::SessionLimit& limit) {
  Error error;
  error.code = ErrorCode::privilege;
  error.message = plan::described(limit);
  error.state = "nothing changed";
  error.hint = plan::remedy_of(limit);
  return error;
}

}  // namespace

RunReport failed(Error error) {
  RunReport report;
  report.exit = exit_code_of(error.code);
  report.error = std::move(error);
  return report;
}

Task<RunReport> start_job(const Order& order) {
  Sessions sessions(order.connection, order.spec.job);
  auto session = co_await sessions.open("control");
  const plan::SessionFacts here = co_await plan::read_session(*session);
  if (here.too_few) co_return failed(too_few_sessions(*here.too_few));
  Result<OpenedJob> job =
      co_await open_job(*session, order.spec, sessions.server().identity(), order.options.again, order.options.plan);
  if (!job) co_return failed(job.error());
  if (job->record.state == JobState::done) {
    RunReport report = co_await already_done(*session, job->record);
    co_return report;
  }
  const ledger::Request request = co_await ledger::read_request(*session, job->record.id);
  if (const auto error = control::forbidden(request, order.spec.job)) co_return failed(*error);
  Result<Claim> claim = co_await claim_job(*session, job->record.id, job->record.name, order.options.takeover);
  if (!claim) co_return failed(claim.error());
  co_await keep_spec(*session, job->record, to_yaml(job->spec));
  if (job->one_at_a_time_before != job->record.one_at_a_time)
    co_await ledger::run_in_turn(*session, job->record.id, job->record.one_at_a_time);
  WholeTable whole = co_await work_of(*session, *job, sessions.server());
  const auto executor = co_await boost::asio::this_coro::executor;
  JobRun run(order, executor, sessions, std::move(*job), std::move(*claim), std::move(whole), request);
  RunReport report = co_await run.execute(std::move(session));
  co_return report;
}

}  // namespace pgfill::run
