#include "ledger/history.h"

#include <limits>
#include <nlohmann/json.hpp>

#include "ledger/job.h"
#include "ledger/statements.h"
#include "postgres/transaction.h"

namespace pgfill::ledger {
namespace {

using async::Task;
using postgres::Parameters;
using postgres::Rows;

std::optional<double> number_in(const nlohmann::json& object, const char* name) {
  const auto found = object.find(name);
  return found != object.end() && found->is_number() ? std::optional<double>(*found) : std::nullopt;
}

/// A signal without a limit: JSON has no number for it.
void take_signals(JobStatus& status, const nlohmann::json& signals) {
  for (const auto& entry : signals) {
    if (!entry.is_object()) continue;
    SignalStatus signal{entry.value("signal", ""), entry.value("subject", ""), std::nullopt,
                        std::numeric_limits<double>::infinity()};
    signal.value = number_in(entry, "value");
    signal.limit = number_in(entry, "limit").value_or(signal.limit);
    status.signals.push_back(std::move(signal));
  }
}

/// Empty for null, too.
std::string text_in(const nlohmann::json& object, const char* name) {
  const auto found = object.find(name);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

void take_reason(JobStatus& status, const nlohmann::json& reason) {
  const auto kind = reason.is_object() ? wait_kind_of(text_in(reason, "kind")) : std::nullopt;
  if (!kind) return;
  status.held_by = WaitReason{*kind,
                              text_in(reason, "sentence"),
                              text_in(reason, "signal"),
                              text_in(reason, "subject"),
                              number_in(reason, "value"),
                              number_in(reason, "limit")};
}

/// What the runner reported last. One that lives knows its state better: it may be held back, or about to stop.
void take_report(JobStatus& status, std::string_view text) {
  const auto report = nlohmann::json::parse(text, nullptr, false);
  if (!report.is_object()) return;
  status.rows_per_second = report.value("rows_per_second", 0.0);
  status.retries = report.value("retries", std::int64_t{0});
  status.waiting_for = report.value("reason", std::string{});
  status.pressure = report.value("pressure", std::string{});
  status.batch_summary = report.value("batch", std::string{});
  take_signals(status, report.value("signals", nlohmann::json::array()));
  take_reason(status, report.value("held_by", nlohmann::json()));
  if (status.state != JobState::running || !status.runner_alive) return;
  status.state = job_state_of(report.value("state", std::string())).value_or(status.state);
}

JobStatus status_of(const postgres::Row& row) {
  JobStatus status;
  status.job = row.string("name");
  status.table = row.string("table_name");
  status.state = state_in(row);
  status.reason = row.string("reason");
  status.share = row.real("share");
  status.estimated_rows = row.integer("estimated_rows");
  status.rows_changed = row.integer("rows_changed");
  status.batches = row.integer("batches");
  status.ranges = row.integer("ranges");
  status.ranges_done = row.integer("ranges_done");
  status.ranges_leased = row.integer("ranges_leased");
  status.deferred = row.integer("deferred");
  status.quarantined = row.integer("quarantined");
  status.runner_host = row.string("host");
  status.runner_pid = static_cast<int>(row.integer("pid"));
  status.runner_seen = std::chrono::milliseconds(row.integer("silent_ms"));
  status.runner_alive = row.boolean("alive");
  status.created_at = row.string("created_at");
  status.started_at = row.string("started_at");
  status.finished_at = row.string("finished_at");
  status.spec_yaml = row.string("spec_yaml");
  status.paused = row.boolean("paused");
  status.acknowledged = row.boolean("acknowledged");
  status.requested_by = row.string("changed_by");
  status.requested_for = row.string("requested_for");
  status.settings = row.string("settings");
  status.one_at_a_time = row.string("one_at_a_time");
  status.kind = row.string("kind");
  status.rows_kept = row.integer("rows_kept");
  take_report(status, row.text("report"));
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
  for (int row = 0; row < rows.size(); ++row) statuses.push_back(status_of(rows.at(row)));
  co_return statuses;
}

Task<std::vector<std::string>> job_names(postgres::Session& session) {
  const Rows rows = co_await session.query(sql::ledger_job_names);
  std::vector<std::string> names;
  for (int row = 0; row < rows.size(); ++row) names.push_back(rows.at(row).string("name"));
  co_return names;
}

Task<std::vector<EventRecord>> job_events(postgres::Session& session, std::string job, std::int64_t after, int limit) {
  Parameters parameters{std::move(job), std::to_string(after), std::to_string(limit)};
  const Rows rows = co_await session.query(sql::ledger_events, std::move(parameters));
  std::vector<EventRecord> events;
  for (int number = 0; number < rows.size(); ++number) {
    const postgres::Row row = rows.at(number);
    EventRecord event;
    event.id = row.integer("id");
    event.at = row.string("at");
    event.kind = row.string("kind");
    event.message = row.string("message");
    event.detail = row.string("detail");
    events.push_back(std::move(event));
  }
  co_return events;
}

}  // namespace pgfill::ledger
