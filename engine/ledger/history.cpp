#include "ledger/history.h"

#include <limits>
#include <nlohmann/json.hpp>

#include "ledger/statements.h"
#include "postgres/transaction.h"

namespace pgfill::ledger {
namespace {

using async::Task;
using postgres::Parameters;
using postgres::Rows;

/// A signal without a limit: JSON has no number for it.
void take_signals(JobStatus& status, const nlohmann::json& signals) {
  for (const auto& entry : signals) {
    if (!entry.is_object()) continue;
    SignalStatus signal{entry.value("signal", ""), entry.value("subject", ""), std::nullopt,
                        std::numeric_limits<double>::infinity()};
    if (const auto value = entry.find("value"); value != entry.end() && value->is_number()) signal.value = *value;
    if (const auto limit = entry.find("limit"); limit != entry.end() && limit->is_number()) signal.limit = *limit;
    status.signals.push_back(std::move(signal));
  }
}

/// What the runner has said last. One that lives knows its state better: it may be held back, or about to stop.
void take_report(JobStatus& status, std::string_view text) {
  const auto report = nlohmann::json::parse(text, nullptr, false);
  if (!report.is_object()) return;
  status.rows_per_second = report.value("rows_per_second", 0.0);
  status.retries = report.value("retries", std::int64_t{0});
  status.waiting_for = report.value("reason", std::string{});
  status.pressure = report.value("pressure", std::string{});
  status.batch_summary = report.value("batch", std::string{});
  take_signals(status, report.value("signals", nlohmann::json::array()));
  if (status.state == "running" && status.runner_alive) status.state = report.value("state", status.state);
}

JobStatus status_at(const Rows& rows, int row) {
  JobStatus status;
  status.job = rows.string(row, 0);
  status.table = rows.string(row, 1);
  status.state = rows.string(row, 2);
  status.reason = rows.string(row, 3);
  status.share = rows.real(row, 4);
  status.estimated_rows = rows.integer(row, 5);
  status.rows_changed = rows.integer(row, 6);
  status.batches = rows.integer(row, 7);
  status.ranges = rows.integer(row, 8);
  status.ranges_done = rows.integer(row, 9);
  status.ranges_leased = rows.integer(row, 10);
  status.runner_host = rows.string(row, 12);
  status.runner_pid = static_cast<int>(rows.integer(row, 13));
  status.runner_seen = std::chrono::milliseconds(rows.integer(row, 14));
  status.runner_alive = rows.boolean(row, 15);
  status.created_at = rows.string(row, 16);
  status.started_at = rows.string(row, 17);
  status.finished_at = rows.string(row, 18);
  status.spec_yaml = rows.string(row, 19);
  status.deferred = rows.integer(row, 20);
  status.quarantined = rows.integer(row, 21);
  status.paused = rows.boolean(row, 22);
  status.obeyed = rows.boolean(row, 23);
  status.steered_by = rows.string(row, 24);
  status.steering_reason = rows.string(row, 25);
  status.settings = rows.string(row, 26);
  status.one_at_a_time = rows.string(row, 27);
  status.kind = rows.string(row, 28);
  status.rows_kept = rows.integer(row, 29);
  take_report(status, rows.text(row, 11));
  return status;
}

}  // namespace

Task<void> append_events(postgres::Session& session, std::int64_t job_id, std::vector<NewEvent> events) {
  if (events.empty()) co_return;
  std::vector<std::string> ages;
  std::vector<std::string> kinds;
  std::vector<std::string> messages;
  std::vector<std::string> details;
  for (NewEvent& event : events) {
    ages.push_back(std::to_string(event.age.count()));
    kinds.push_back(std::move(event.kind));
    messages.push_back(std::move(event.message));
    details.push_back(std::move(event.detail));
  }
  Parameters parameters{std::to_string(job_id), postgres::array_literal(ages), postgres::array_literal(kinds),
                        postgres::array_literal(messages), postgres::array_literal(details)};
  const postgres::Pins pins;
  postgres::Command command{sql::ledger_append_events, std::move(parameters)};
  co_await postgres::transact(session, pins, std::move(command));
}

Task<std::vector<JobStatus>> job_statuses(postgres::Session& session, postgres::Parameter name) {
  Parameters parameters{std::move(name)};
  const Rows rows = co_await session.query(sql::ledger_status, std::move(parameters));
  std::vector<JobStatus> statuses;
  for (int row = 0; row < rows.size(); ++row) statuses.push_back(status_at(rows, row));
  co_return statuses;
}

Task<std::vector<std::string>> job_names(postgres::Session& session) {
  const Rows rows = co_await session.query(sql::ledger_job_names);
  std::vector<std::string> names;
  for (int row = 0; row < rows.size(); ++row) names.push_back(rows.string(row, 0));
  co_return names;
}

Task<std::vector<EventRecord>> job_events(postgres::Session& session, std::string job, std::int64_t after, int limit) {
  Parameters parameters{std::move(job), std::to_string(after), std::to_string(limit)};
  const Rows rows = co_await session.query(sql::ledger_events, std::move(parameters));
  std::vector<EventRecord> events;
  for (int row = 0; row < rows.size(); ++row) {
    EventRecord event;
    event.id = rows.integer(row, 0);
    event.at = rows.string(row, 1);
    event.kind = rows.string(row, 2);
    event.message = rows.string(row, 3);
    event.detail = rows.string(row, 4);
    events.push_back(std::move(event));
  }
  co_return events;
}

}  // namespace pgfill::ledger
