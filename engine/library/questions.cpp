// The library's calls that start no job: plan, install, list, status, events (pgfill/job.h), retry and adopt
// (pgfill/repair.h).
#include <algorithm>

#include "kinds/kind.h"
#include "ledger/history.h"
#include "ledger/job.h"
#include "ledger/runner.h"
#include "ledger/schema.h"
#include "ledger/server.h"
#include "ledger/skipped.h"
#include "library/ask.h"
#include "pgfill/job.h"
#include "pgfill/repair.h"
#include "plan/make_plan.h"
#include "run/open_job.h"
#include "run/open_session.h"
#include "spec/live_settings.h"
#include "work/job_work.h"

namespace pgfill {
namespace library {
namespace {

using async::Task;

/// What the ledger has against a run, as a warning of its plan: nobody is to learn of it only by running.
Task<void> add_obstacle(postgres::Session& session, JobSpec spec, Plan& plan) {
  Finding finding{Finding::Severity::warning, "ledger", ErrorCode::internal, "", ""};
  try {
    const std::optional<Error> obstacle = co_await run::obstacle_in_ledger(session, std::move(spec));
    if (!obstacle) co_return;
    finding.text = "a run would be refused now: " + obstacle->message;
    finding.remedy = obstacle->hint;
  } catch (const postgres::Failure& failure) {
    const Error error = postgres::to_error(failure, "reading the pgfill schema");
    finding.text = "a run would fail: " + error.message;
    finding.remedy = error.hint;
  }
  plan.findings.push_back(std::move(finding));
}

/// That the end of the job will not look for rows that were left behind, for what its text says (see run/completion.h).
void add_sweep_note(const JobSpec& spec, Plan& plan) {
  if (spec.where.empty() || kinds::kind_of(spec).done_rows(spec, {}).condition_tells) return;
  plan.findings.push_back(
      {Finding::Severity::note, "sweep", ErrorCode::internal,
       "the condition reads nothing that the job sets, so it does not tell which rows are done: rows "
       "that others write behind the cursors are not looked for",
       "add a condition that a done row no longer meets, if there is one"});
}

Task<Result<Plan>> plan(ConnectionSettings connection, JobSpec spec, Sampling sampling) {
  const auto session = co_await open_reading(std::move(connection), "plan");
  Result<Plan> made = co_await plan::make_plan(*session, spec, sampling);
  if (made) add_sweep_note(spec, *made);
  if (made) co_await add_obstacle(*session, std::move(spec), *made);
  co_return made;
}

Task<Result<int>> install(ConnectionSettings connection) {
  const auto session = co_await run::open_session(std::move(connection), "install", "control");
  co_return co_await ledger::install_schema(*session, spec::live_fields());
}

Task<Result<std::vector<JobStatus>>> list(ConnectionSettings connection) {
  const auto session = co_await open_reading(std::move(connection), "list");
  const Result<int> schema = co_await ledger::require_schema(*session);
  if (!schema) co_return schema.error();
  co_return co_await ledger::job_statuses(*session, std::nullopt);
}

Task<Result<JobStatus>> status(ConnectionSettings connection, std::string job) {
  const auto session = co_await open_reading(std::move(connection), "status");
  const Result<int> schema = co_await ledger::require_schema(*session);
  if (!schema) co_return schema.error();
  std::vector<JobStatus> found = co_await ledger::job_statuses(*session, job);
  if (!found.empty()) co_return std::move(found.front());
  co_return co_await no_such_job(*session, std::move(job));
}

Task<Result<std::vector<EventRecord>>> events(ConnectionSettings connection, std::string job, std::int64_t after,
                                              int limit) {
  const auto session = co_await open_reading(std::move(connection), "events");
  const Result<int> schema = co_await ledger::require_schema(*session);
  if (!schema) co_return schema.error();
  const std::vector<JobStatus> found = co_await ledger::job_statuses(*session, job);
  if (found.empty()) co_return co_await no_such_job(*session, std::move(job));
  co_return co_await ledger::job_events(*session, std::move(job), after, limit);
}

/// A session that may write the ledger of an existing job, or why there is none.
Task<Result<std::unique_ptr<postgres::Session>>> open_for(ConnectionSettings connection, std::string job) {
  auto session = co_await run::open_session(std::move(connection), job, "repair");
  const Result<int> schema = co_await ledger::require_schema(*session);
  if (!schema) co_return schema.error();
  const std::vector<JobStatus> found = co_await ledger::job_statuses(*session, job);
  if (found.empty()) co_return co_await no_such_job(*session, std::move(job));
  co_return std::move(session);
}

/// Its runner would try them before anybody has mended them, or had them counted already.
Error runs_now(const std::string& job, const ledger::PresentRunner& runner) {
  Error error;
  error.code = ErrorCode::job_owned;
  error.message = "job " + job + " is being run by pid " + std::to_string(runner.pid) + " on " + runner.host +
                  " since " + runner.since;
  error.state = "nothing changed by this call; no row was put back";
  error.hint = "let it end, then: pgfill retry " + job + " --quarantined";
  return error;
}

Task<Result<std::int64_t>> retry(ConnectionSettings connection, std::string job) {
  const auto session = co_await open_for(std::move(connection), job);
  if (!session) co_return session.error();
  const auto record = co_await ledger::find_job(**session, job);
  const auto runner = co_await ledger::present_runner(**session, record ? record->id : 0);
  if (runner && !runner->dead()) co_return runs_now(job, *runner);
  co_return co_await ledger::retry_quarantined(**session, std::move(job));
}

/// A column without which no batch of the job can run; empty when all are there.
Task<std::string> missing_column(postgres::Session& session, const ledger::JobRecord& job) {
  const ledger::TableNames table = co_await work::table_names(session, job.present_oid, job.table);
  std::vector<std::string> needed;
  for (const KeyColumn& column : job.key) needed.push_back(column.name);
  const Result<JobSpec> spec = parse_spec(job.spec_yaml, "spec of job " + job.name);
  if (spec) {
    for (const Assignment& assignment : spec->set()) needed.push_back(assignment.column);
  }
  for (const std::string& column : needed) {
    if (std::find(table.columns.begin(), table.columns.end(), column) == table.columns.end()) co_return column;
  }
  co_return "";
}

Error lacks_column(const ledger::JobRecord& job, const std::string& column) {
  Error error;
  error.code = ErrorCode::table_changed;
  error.message = "table " + job.schema + "." + job.table + " has no column " + column + " now, which job " + job.name +
                  " cannot do without";
  error.state = "nothing changed";
  error.hint = "give the column its name back; for another column: a job of its own";
  return error;
}

Task<Result<std::string>> adopt(ConnectionSettings connection, std::string job) {
  const auto session = co_await open_for(std::move(connection), job);
  if (!session) co_return session.error();
  const auto former = co_await ledger::find_job(**session, job);
  if (former && former->present_oid != 0) {
    const std::string column = co_await missing_column(**session, *former);
    if (!column.empty()) co_return lacks_column(*former, column);
  }
  const ledger::Server server = co_await ledger::read_server(**session);
  const auto adopted = co_await ledger::adopt_job(**session, job, server.identity());
  if (!adopted) {
    Error error;
    error.code = ErrorCode::table_changed;
    error.message = "the table of job " + job + " is gone: none has its name now";
    error.state = "nothing changed";
    error.hint = "give the table its name back, then adopt it";
    co_return error;
  }
  const auto record = co_await ledger::find_job(**session, job);
  const bool lacks_index = record && !record->key_changes.empty();
  std::string sentence = "job " + job + (lacks_index ? " cannot go on yet" : " may go on");
  if (adopted->server_is_new) sentence += "; its database is now also " + server.identity();
  for (const std::string& change : adopted->changes) sentence += "\n  accepted " + change;
  if (lacks_index) {
    sentence += "\n  " + record->key_changes.front();
  } else if (!adopted->server_is_new && adopted->changes.empty()) {
    sentence += ": nothing had changed";
  }
  co_return sentence;
}

}  // namespace
}  // namespace library

Result<Plan> plan_job(const JobSpec& spec, const ConnectionSettings& connection, Sampling sampling) {
  return library::ask(connection, "planning job " + spec.job, &library::plan, spec, sampling);
}

Result<int> install_ledger(const ConnectionSettings& connection) {
  return library::ask(connection, "installing the pgfill schema", &library::install);
}

Result<std::vector<JobStatus>> list_jobs(const ConnectionSettings& connection) {
  return library::ask(connection, "listing jobs", &library::list);
}

Result<JobStatus> job_status(const ConnectionSettings& connection, const std::string& job) {
  return library::ask(connection, "reading the status of job " + job, &library::status, job);
}

Result<std::vector<EventRecord>> job_events(const ConnectionSettings& connection, const std::string& job,
                                            std::int64_t after, int limit) {
  return library::ask(connection, "reading the events of job " + job, &library::events, job, after, limit);
}

Result<std::int64_t> retry_quarantined(const ConnectionSettings& connection, const std::string& job) {
  return library::ask(connection, "putting back the quarantined rows of job " + job, &library::retry, job);
}

Result<std::string> adopt_job(const ConnectionSettings& connection, const std::string& job) {
  return library::ask(connection, "adopting job " + job, &library::adopt, job);
}

}  // namespace pgfill
