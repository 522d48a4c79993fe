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
  std::erase_if(settings, [](const auto& setting) { return setting.second.empty(); });
  const Result<JobSpec> changed = spec::with_settings(*spec, settings);
  if (!changed) co_return changed.error();
  co_return std::nullopt;
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
