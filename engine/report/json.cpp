#include "report/json.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include "report/json_values.h"
#include "report/row_counts.h"
#include "report/words.h"

namespace pgfill::report {

using nlohmann::ordered_json;

namespace {

ordered_json counts_json(const std::string& kind, std::int64_t rows, std::int64_t kept) {
  ordered_json counts = ordered_json::object();
  for (const RowCount& one : row_counts(kind, rows, kept)) counts[std::string(one.name)] = one.rows;
  return counts;
}

ordered_json runner_json(const JobStatus& status) {
  if (status.runner_host.empty()) return nullptr;
  return {{"host", status.runner_host},
          {"pid", status.runner_pid},
          {"seen_ms_ago", status.runner_seen.count()},
          {"alive", status.runner_alive}};
}

ordered_json signals_of(const JobStatus& status) {
  ordered_json signals = ordered_json::array();
  for (const SignalStatus& signal : status.signals) {
    signals.push_back({{"signal", signal.signal},
                       {"subject", or_null(signal.subject)},
                       {"value", signal.value ? ordered_json(*signal.value) : ordered_json(nullptr)},
                       {"limit", signal.limit}});
  }
  return signals;
}

}  // namespace

ordered_json to_json(const Error& error) {
  ordered_json json{{"code", code_text(error.code)},
                    {"name", code_name(error.code)},
                    {"exit_code", static_cast<int>(exit_code_of(error.code))},
                    {"message", error.message},
                    {"sqlstate", or_null(error.sqlstate)},
                    {"state", or_null(error.state)},
                    {"hint", or_null(error.hint)},
                    {"place", nullptr}};
  if (error.place.line > 0) {
    json["place"] = {{"file", error.place.file},
                     {"line", error.place.line},
                     {"column", error.place.column},
                     {"remark", or_null(error.remark)}};
  }
  return json;
}

ordered_json to_json(const std::optional<WaitReason>& reason) {
  if (!reason) return nullptr;
  return {{"kind", name_of(reason->kind)},       {"sentence", reason->sentence},    {"signal", or_null(reason->signal)},
          {"subject", or_null(reason->subject)}, {"value", or_null(reason->value)}, {"limit", or_null(reason->limit)}};
}

ordered_json to_json(const Progress& progress) {
  return {{"job", progress.job},
          {"table", progress.table},
          {"kind", progress.kind},
          {"state", name_of(progress.state)},
          {"reason", or_null(progress.reason)},
          {"held_by", to_json(progress.held_by)},
          {"share", progress.share},
          {"estimated_rows", progress.estimated_rows},
          {"rows_changed", progress.rows_changed},
          {"counts", counts_json(progress.kind, progress.rows_changed, progress.rows_kept)},
          {"rows_changed_now", progress.rows_changed_now},
          {"rows_per_second", progress.rows_per_second},
          {"rows_per_second_average", progress.rows_per_second_average},
          {"eta_shortest_seconds", or_null(progress.eta_shortest)},
          {"eta_longest_seconds", or_null(progress.eta_longest)},
          {"batch_rows", progress.batch_rows},
          {"batch_p50_ms", milliseconds_of(progress.batch_p50)},
          {"batch_p99_ms", milliseconds_of(progress.batch_p99)},
          {"batches", progress.batches},
          {"retries", progress.retries},
          {"deferred", progress.deferred},
          {"quarantined", progress.quarantined},
          {"workers_busy", progress.workers_busy},
          {"workers", progress.workers},
          {"ranges_done", progress.ranges_done},
          {"ranges", progress.ranges},
          {"replica_lag_bytes", or_null(progress.replica_lag_bytes)},
          {"elapsed_ms", progress.elapsed.count()}};
}

ordered_json to_json(const Event& event) {
  const EventRow row = to_row(event);
  return {{"at", iso_time(event.at)},
          {"job", event.job},
          {"kind", row.kind},
          {"message", row.message},
          {"detail", ordered_json::parse(row.detail)}};
}

ordered_json to_json(const JobStatus& status) {
  return {{"job", status.job},
          {"table", status.table},
          {"kind", status.kind},
          {"state", name_of(status.state)},
          {"reason", or_null(status.reason)},
          {"share", status.share},
          {"estimated_rows", status.estimated_rows},
          {"rows_changed", status.rows_changed},
          {"counts", counts_json(status.kind, status.rows_changed, status.rows_kept)},
          {"rows_per_second", status.rows_per_second},
          {"batches", status.batches},
          {"retries", status.retries},
          {"deferred", status.deferred},
          {"quarantined", status.quarantined},
          {"waiting_for", or_null(status.waiting_for)},
          {"held_by", to_json(status.held_by)},
          {"pressure", or_null(status.pressure)},
          {"signals", signals_of(status)},
          {"ranges", status.ranges},
          {"ranges_done", status.ranges_done},
          {"ranges_leased", status.ranges_leased},
          {"runner", runner_json(status)},
          {"created_at", or_null(status.created_at)},
          {"started_at", or_null(status.started_at)},
          {"finished_at", or_null(status.finished_at)},
          {"paused", status.paused},
          {"acknowledged", status.acknowledged},
          {"requested_by", status.requested_by},
          {"requested_for", status.requested_for},
          {"settings", status.settings},
          {"one_at_a_time", or_null(status.one_at_a_time)},
          {"spec", status.spec_yaml}};
}

ordered_json to_json(const EventRecord& record) {
  // What the ledger holds was written by any role that may write it: text that is no JSON is passed on as text.
  ordered_json detail = ordered_json::parse(record.detail, nullptr, false);
  if (detail.is_discarded()) detail = or_null(record.detail);
  return {{"id", record.id}, {"at", record.at}, {"kind", record.kind}, {"message", record.message}, {"detail", detail}};
}

ordered_json to_json(const RunReport& report) {
  return {{"exit_code", static_cast<int>(report.exit)},
          {"was_done_before", report.was_done_before},
          {"error", report.exit == ExitCode::done ? ordered_json(nullptr) : to_json(report.error)},
          {"advice", or_null(report.advice)},
          {"progress", to_json(report.progress)}};
}

std::string dump(const ordered_json& json, int indent) {
  return json.dump(indent, ' ', false, ordered_json::error_handler_t::replace);
}

std::string iso_time(std::chrono::system_clock::time_point at) {
  const auto whole = std::chrono::floor<std::chrono::seconds>(at);
  const auto rest = std::chrono::duration_cast<std::chrono::milliseconds>(at - whole);
  return fmt::format("{:%Y-%m-%dT%H:%M:%S}.{:03}Z", fmt::gmtime(std::chrono::system_clock::to_time_t(whole)),
                     rest.count());
}

std::string code_text(ErrorCode code) {
  return fmt::format("PF{:04}", static_cast<int>(code));
}

std::string code_name(ErrorCode code) {
  switch (code) {
#define PGFILL_ERROR(identifier, number, exit, summary) \
  case ErrorCode::identifier:                           \
    return #identifier;
#include "pgfill/error_table.inc"
#undef PGFILL_ERROR
  }
  return "unknown";
}

}  // namespace pgfill::report
