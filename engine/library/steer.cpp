// Steering a job from anywhere (pgfill/steer.h).
#include "pgfill/steer.h"

#include "control/ask_runner.h"
#include "ledger/job.h"
#include "ledger/request.h"
#include "ledger/schema.h"
#include "library/ask.h"
#include "spec/live_settings.h"

namespace pgfill {
namespace library {
namespace {

using async::Task;
using control::Ask;
using Settings = std::vector<std::pair<std::string, std::string>>;

/// Settings with the changes; an empty value takes one back.
Settings changed(Settings present, const Settings& changes) {
  for (const auto& change : changes) {
    std::erase_if(present, [&change](const auto& setting) { return setting.first == change.first; });
    if (!change.second.empty()) present.push_back(change);
  }
  return present;
}

/// Why the spec does not allow the changes, beside the settings that hold. What is wrong with these is not held against
/// the changes.
std::optional<Error> refused(const JobSpec& spec, const Settings& present, const Settings& changes) {
  const Result<JobSpec> beside = spec::with_settings(spec, changed(present, changes));
  if (beside) return std::nullopt;
  if (spec::with_settings(spec, present)) return beside.error();
  const Result<JobSpec> alone = spec::with_settings(spec, changed({}, changes));
  return alone ? std::nullopt : std::optional<Error>(alone.error());
}

/// Empty: nothing is in the way. Settings are checked against the spec of the job before anything is asked; nothing
/// else needs it.
Task<std::optional<Error>> obstacle(postgres::Session& session, std::string job, Settings settings) {
  const Result<int> schema = co_await ledger::require_schema(session);
  if (!schema) co_return schema.error();
  const std::optional<std::string> yaml = co_await ledger::job_spec(session, job);
  if (!yaml) co_return co_await no_such_job(session, std::move(job));
  if (settings.empty()) co_return std::nullopt;
  const Result<JobSpec> spec = parse_spec(*yaml, "spec of job " + job);
  if (!spec) co_return spec.error();
  const Settings present = co_await ledger::settings_of(session, job);
  co_return refused(*spec, present, settings);
}

Task<Result<Steered>> steer(ConnectionSettings connection, Ask asked) {
  const auto session = co_await open_reading(std::move(connection), "steer");
  const auto wrong = co_await obstacle(*session, asked.job, asked.settings);
  if (wrong) co_return *wrong;
  co_return co_await control::ask_runner(*session, std::move(asked));
}

Result<Steered> steered(const ConnectionSettings& connection, Ask asked) {
  const std::string doing = "steering job " + asked.job;
  return ask(connection, doing, &steer, std::move(asked));
}

Task<Result<std::vector<std::string>>> names(ConnectionSettings connection) {
  const auto session = co_await open_reading(std::move(connection), "list");
  const Result<int> schema = co_await ledger::require_schema(*session);
  if (!schema) co_return schema.error();
  co_return co_await ledger::open_jobs(*session);
}

}  // namespace
}  // namespace library

using control::Ask;

Result<Steered> pause_job(const ConnectionSettings& connection, const std::string& job, const std::string& reason,
                          std::chrono::milliseconds patience) {
  return library::steered(connection, {job, Ask::What::pause, reason, {}, patience});
}

Result<Steered> resume_job(const ConnectionSettings& connection, const std::string& job,
                           std::chrono::milliseconds patience) {
  return library::steered(connection, {job, Ask::What::resume, {}, {}, patience});
}

Result<Steered> cancel_job(const ConnectionSettings& connection, const std::string& job, const std::string& reason,
                           std::chrono::milliseconds patience) {
  return library::steered(connection, {job, Ask::What::cancel, reason, {}, patience});
}

Result<Steered> set_job(const ConnectionSettings& connection, const std::string& job,
                        const std::vector<std::pair<std::string, std::string>>& settings,
                        std::chrono::milliseconds patience) {
  return library::steered(connection, {job, Ask::What::set, {}, settings, patience});
}

Result<std::vector<std::string>> open_jobs(const ConnectionSettings& connection) {
  return library::ask(connection, "listing the open jobs", &library::names);
}

}  // namespace pgfill
