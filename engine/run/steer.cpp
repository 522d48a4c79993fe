// Steering a job from anywhere (pgfill/steer.h): says the wish to the database, then waits for the runner's word.
#include "pgfill/steer.h"

#include "async/run_to_end.h"
#include "ledger/history.h"
#include "ledger/schema.h"
#include "ledger/statements.h"
#include "ledger/wish.h"
#include "run/ask.h"
#include "spec/live_settings.h"

namespace pgfill {
namespace run {
namespace {

using async::Task;
using Settings = std::vector<std::pair<std::string, std::string>>;
using Answer = Steered::Answer;

constexpr std::chrono::milliseconds look_again{20};

/// A wish: the functions of the ledger that say it.
struct Wishes {
  std::string job;
  std::vector<postgres::Command> functions;
  std::chrono::milliseconds patience;
};

Answer answer_of(const ledger::Steering& now, std::int64_t version) {
  if (now.job_state == "done") return Answer::over;
  if (!now.alive && (now.host.empty() || now.job_state == "cancelled")) return Answer::no_runner;
  return now.obeyed_version >= version ? Answer::obeyed : Answer::silent;
}

/// Until the runner has given its word for this version, or a later one, or there is none.
Task<Steered> await_word(postgres::Session& session, std::string job, std::int64_t version,
                         std::chrono::milliseconds patience) {
  const async::TimePoint begun = async::Clock::now();
  Steered steered;
  for (;;) {
    const auto now = co_await ledger::steering(session, job);
    if (!now) break;
    steered.answer = answer_of(*now, version);
    steered.runner = now->host.empty() ? "" : now->host + " pid " + std::to_string(now->pid);
    steered.seen = now->seen;
    steered.batches = now->batches;
    if (now->wish.version > version) steered.overruled_by = now->wish.by;
    const auto waited = async::Clock::now() - begun;
    steered.after = std::chrono::duration_cast<std::chrono::milliseconds>(waited);
    if (steered.answer != Answer::silent || waited > patience) break;
    co_await async::sleep_for(look_again);
  }
  steered.job = std::move(job);
  co_return steered;
}

/// Empty: there is such a job. Settings are checked against its spec before anything is said; nothing else needs it.
Task<std::optional<Error>> obstacle(postgres::Session& session, std::string job, Settings settings) {
  const Result<int> schema = co_await ledger::require_schema(session);
  if (!schema) co_return schema.error();
  const std::vector<JobStatus> found = co_await ledger::job_statuses(session, job);
  if (found.empty()) co_return co_await no_such_job(session, std::move(job));
  if (settings.empty()) co_return std::nullopt;
  const Result<JobSpec> spec = parse_spec(found.front().spec_yaml, "spec of job " + job);
  if (!spec) co_return spec.error();
  std::erase_if(settings, [](const auto& setting) { return setting.second.empty(); });
  const Result<JobSpec> changed = spec::with_settings(*spec, settings);
  if (!changed) co_return changed.error();
  co_return std::nullopt;
}

Task<Result<Steered>> steer(ConnectionSettings connection, Wishes wishes, Settings settings) {
  const auto session = co_await open_reading(std::move(connection), "steer");
  const auto wrong = co_await obstacle(*session, wishes.job, std::move(settings));
  if (wrong) co_return *wrong;
  std::string sentence;
  for (postgres::Command& function : wishes.functions) {
    sentence = co_await ledger::steer(*session, function.statement, std::move(function.parameters));
  }
  const auto said = co_await ledger::steering(*session, wishes.job);
  const std::int64_t version = said ? said->wish.version : 0;
  Steered steered = co_await await_word(*session, wishes.job, version, wishes.patience);
  steered.sentence = std::move(sentence);
  co_return steered;
}

Result<Steered> say(const ConnectionSettings& connection, Wishes wishes, Settings settings = {}) {
  const std::string doing = "steering job " + wishes.job;
  return ask(connection, doing, &steer, std::move(wishes), std::move(settings));
}

Task<Result<std::vector<std::string>>> names(ConnectionSettings connection) {
  const auto session = co_await open_reading(std::move(connection), "list");
  const Result<int> schema = co_await ledger::require_schema(*session);
  if (!schema) co_return schema.error();
  co_return co_await ledger::open_jobs(*session);
}

}  // namespace
}  // namespace run

using postgres::Command;
using postgres::Parameters;

Result<Steered> pause_job(const ConnectionSettings& connection, const std::string& job, const std::string& reason,
                          std::chrono::milliseconds patience) {
  return run::say(connection, {job, {Command{sql::ledger_pause_job, Parameters{job, reason}}}, patience});
}

Result<Steered> resume_job(const ConnectionSettings& connection, const std::string& job,
                           std::chrono::milliseconds patience) {
  return run::say(connection, {job, {Command{sql::ledger_resume_job, Parameters{job}}}, patience});
}

Result<Steered> cancel_job(const ConnectionSettings& connection, const std::string& job, const std::string& reason,
                           std::chrono::milliseconds patience) {
  return run::say(connection, {job, {Command{sql::ledger_cancel_job, Parameters{job, reason}}}, patience});
}

Result<Steered> set_job(const ConnectionSettings& connection, const std::string& job,
                        const std::vector<std::pair<std::string, std::string>>& settings,
                        std::chrono::milliseconds patience) {
  std::vector<Command> functions;
  for (const auto& [path, value] : settings) {
    functions.push_back({sql::ledger_set_job, Parameters{job, path, value}});
    if (value.empty()) functions.back().parameters.back() = std::nullopt;
  }
  return run::say(connection, {job, std::move(functions), patience}, settings);
}

Result<std::vector<std::string>> open_jobs(const ConnectionSettings& connection) {
  return run::ask(connection, "listing the open jobs", &run::names);
}

}  // namespace pgfill
