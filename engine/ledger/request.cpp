#include "ledger/request.h"

#include <nlohmann/json.hpp>

#include "ledger/job.h"
#include "ledger/statements.h"
#include "postgres/transaction.h"

namespace pgfill::ledger {

using async::Task;
using postgres::Command;
using postgres::Parameters;
using postgres::Rows;

namespace {

Settings settings_in(const postgres::Row& row) {
  Settings settings;
  const auto found = nlohmann::json::parse(row.text("settings"), nullptr, false);
  for (const auto& [path, value] : found.items()) {
    settings.emplace_back(path, value.is_string() ? value.get<std::string>() : value.dump());
  }
  return settings;
}

Task<std::string> make(postgres::Session& session, Command command) {
  // A standby that is missing is a reason to pause, and nothing that a pause may wait for.
  const postgres::Pins patient{async::milliseconds(10'000), async::milliseconds(5'000), postgres::Durability::local};
  const Rows rows = co_await postgres::transact(session, patient, std::move(command));
  co_return rows.front().string("sentence");
}

}  // namespace

Task<Request> read_request(postgres::Session& session, std::int64_t job_id) {
  Parameters parameters{std::to_string(job_id)};
  const Rows rows = co_await session.query(sql::ledger_request, std::move(parameters));
  Request request;
  if (rows.empty()) co_return request;
  const postgres::Row row = rows.front();
  request.version = row.integer("version");
  request.paused = row.boolean("paused");
  request.cancelled = row.boolean("cancelled");
  request.reason = row.string("reason");
  request.by = row.string("changed_by");
  request.settings = settings_in(row);
  co_return request;
}

Task<void> acknowledge(postgres::Session& session, std::int64_t runner_id, std::int64_t version) {
  const postgres::Pins pins;
  Command command{sql::ledger_acknowledge, Parameters{std::to_string(runner_id), std::to_string(version)}};
  co_await postgres::transact(session, pins, std::move(command));
}

Task<std::optional<Acknowledgement>> acknowledgement(postgres::Session& session, std::string job) {
  Parameters parameters{std::move(job)};
  const Rows rows = co_await session.query(sql::ledger_acknowledged, std::move(parameters));
  if (rows.empty()) co_return std::nullopt;
  const postgres::Row row = rows.front();
  Acknowledgement found;
  found.request.version = row.integer("version");
  found.request.paused = row.boolean("paused");
  found.request.cancelled = row.boolean("cancelled");
  found.request.by = row.string("changed_by");
  found.acknowledged_version = row.integer("acknowledged_version");
  found.host = row.string("host");
  found.pid = static_cast<int>(row.integer("pid"));
  found.seen = std::chrono::milliseconds(row.integer("silent_ms"));
  found.alive = row.boolean("alive");
  found.job_state = state_in(row);
  found.batches = row.integer("batches");
  co_return found;
}

Task<std::string> pause(postgres::Session& session, std::string job, std::string reason) {
  Command command{sql::ledger_pause_job, Parameters{std::move(job), std::move(reason)}};
  co_return co_await make(session, std::move(command));
}

Task<std::string> resume(postgres::Session& session, std::string job) {
  Command command{sql::ledger_resume_job, Parameters{std::move(job)}};
  co_return co_await make(session, std::move(command));
}

Task<std::string> cancel(postgres::Session& session, std::string job, std::string reason) {
  Command command{sql::ledger_cancel_job, Parameters{std::move(job), std::move(reason)}};
  co_return co_await make(session, std::move(command));
}

Task<std::string> set(postgres::Session& session, std::string job, Settings settings) {
  nlohmann::ordered_json wanted = nlohmann::ordered_json::object();
  for (auto& [path, value] : settings) {
    wanted[path] = value.empty() ? nlohmann::ordered_json(nullptr) : nlohmann::ordered_json(std::move(value));
  }
  Command command{sql::ledger_set_job, Parameters{std::move(job), wanted.dump()}};
  co_return co_await make(session, std::move(command));
}

Task<Settings> settings_of(postgres::Session& session, std::string job) {
  Parameters parameters{std::move(job)};
  const Rows rows = co_await session.query(sql::ledger_settings, std::move(parameters));
  co_return rows.empty() ? Settings() : settings_in(rows.front());
}

Task<std::vector<std::string>> open_jobs(postgres::Session& session) {
  const Rows rows = co_await session.query(sql::ledger_open_jobs);
  std::vector<std::string> names;
  for (int row = 0; row < rows.size(); ++row) names.push_back(rows.at(row).string("name"));
  co_return names;
}

}  // namespace pgfill::ledger
