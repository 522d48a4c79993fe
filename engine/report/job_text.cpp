#include "report/job_text.h"

#include <fmt/format.h>

#include <algorithm>

#include "report/quantity.h"
#include "report/row_counts.h"
#include "report/style.h"
#include "report/words.h"

namespace pgfill::report {

namespace {

constexpr std::string_view unknown_rows = "an unknown number of rows";

std::string in_capitals(JobState state) {
  std::string text(name_of(state));
  std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return static_cast<char>(toupper(c)); });
  return text;
}

std::string rows_of(std::int64_t estimated) {
  return estimated > 0 ? "~" + short_count(static_cast<double>(estimated)) + " rows" : std::string(unknown_rows);
}

std::string runner_words(const JobStatus& status) {
  if (status.runner_host.empty()) return "nobody runs it";
  return fmt::format("{} pid {}, {} {} ago", status.runner_host, status.runner_pid,
                     status.runner_alive ? "seen" : "silent, last seen", duration(status.runner_seen));
}

std::string next_words(const JobStatus& status) {
  if (status.paused || status.state == JobState::cancelled) return "pgfill resume " + status.job;
  if (status.state == JobState::done) return fmt::format("pgfill run {} --again   (runs it anew)", status.job);
  if (status.runner_alive) return fmt::format("pgfill status {} -w", status.job);
  if (status.quarantined > 0 && status.ranges_done == status.ranges)
    return fmt::format("pgfill retry {} --quarantined   (when the rows are right)", status.job);
  return fmt::format("pgfill run {}", status.job);
}

std::string short_time(const std::string& iso) {
  return iso.empty() ? "-" : one_line(iso).substr(0, 19);
}

void append(std::vector<std::string>& lines, std::string_view label, const std::vector<std::string>& pieces,
            std::size_t width) {
  for (std::string& line : lay_out(fmt::format("  {:<11}", label), pieces, width)) lines.push_back(std::move(line));
}

/// What holds the job back, and what people want of it.
void append_steering(std::vector<std::string>& lines, const JobStatus& status, std::size_t width) {
  if (status.runner_alive && !status.pressure.empty()) append(lines, "pressure", {one_line(status.pressure)}, width);
  append(lines, "trouble", {trouble_words(status.retries, status.deferred, status.quarantined)}, width);
  if (status.runner_alive && !status.waiting_for.empty() && !status.paused)
    append(lines, "waits", {one_line(status.waiting_for)}, width);
  if (status.paused || status.state == JobState::cancelled) {
    const std::string why = status.requested_for.empty() ? "" : ": " + one_line(status.requested_for);
    append(lines, "request", {(status.paused ? "paused by " : "cancelled by ") + one_line(status.requested_by) + why},
           width);
  }
  if (!status.one_at_a_time.empty() && status.state != JobState::done)
    append(lines, "workers", {"one, no batch beside another: " + one_line(status.one_at_a_time)}, width);
  if (!status.settings.empty()) append(lines, "set", {one_line(status.settings)}, width);
}

}  // namespace

JobState shown_state(const JobStatus& status) {
  if (status.paused && status.runner_alive) return status.acknowledged ? JobState::paused : JobState::pausing;
  const bool over = status.state == JobState::done || status.state == JobState::cancelled;
  if (status.paused && !over) return JobState::paused;
  return status.state == JobState::running && !status.runner_alive ? JobState::crashed : status.state;
}

std::string painted_state(JobState state, bool colour) {
  const bool good = state == JobState::running || state == JobState::done;
  const bool bad = state == JobState::failed || state == JobState::crashed;
  return painted(in_capitals(state), good ? Paint::green : bad ? Paint::red : Paint::yellow, colour);
}

std::string job_table(const std::vector<JobStatus>& jobs, bool colour) {
  std::vector<std::vector<std::string>> rows{{"JOB", "TABLE", "STATE", "DONE", "CHANGED", "RUNNER", "CREATED"}};
  for (const JobStatus& status : jobs) {
    rows.push_back({one_line(status.job), one_line(status.table), std::string(name_of(shown_state(status))),
                    percentage(status.share), short_count(static_cast<double>(status.rows_changed)),
                    status.runner_host.empty() ? "-" : fmt::format("{}:{}", status.runner_host, status.runner_pid),
                    short_time(status.created_at)});
  }
  const std::string text = table(rows, {3, 4});
  const std::size_t end = text.find('\n');
  return painted(text.substr(0, end), Paint::bold, colour) + text.substr(end);
}

std::vector<std::string> status_block(const JobStatus& status, std::size_t width, bool colour,
                                      const Contacts& contacts) {
  const std::string state = in_capitals(shown_state(status));
  const std::string reason = status.reason.empty() ? "" : ": " + one_line(status.reason);
  std::vector<std::string> lines =
      lay_out("", {one_line(status.job), status.kind + " " + one_line(status.table), state + reason}, width);
  for (std::string& line : lines) {
    const std::size_t at = line.find(state);
    if (at == std::string::npos) continue;
    line.replace(at, state.size(), painted_state(shown_state(status), colour));
    break;
  }
  std::vector<std::string> progress = short_counts(status.kind, status.rows_changed, status.rows_kept);
  progress.insert(progress.begin(), bar(status.share, width < 60 ? 10 : 24) + " " + percentage(status.share) + " of " +
                                        rows_of(status.estimated_rows));
  append(lines, "progress", progress, width);
  if (status.runner_alive)
    append(lines, "speed", {row_rate(status.rows_per_second), one_line(status.batch_summary)}, width);
  append(
      lines, "ranges",
      {fmt::format("{} of {} done", exact_count(status.ranges_done), exact_count(status.ranges)),
       status.ranges_leased > 0 ? exact_count(status.ranges_leased) + " leased" : "", counted(status.batches, "batch")},
      width);
  append_steering(lines, status, width);
  append(lines, "runner", {runner_words(status)}, width);
  append(lines, "times",
         {"created " + short_time(status.created_at),
          status.started_at.empty() ? "" : "started " + short_time(status.started_at),
          status.finished_at.empty() ? "" : "finished " + short_time(status.finished_at)},
         width);
  if (!contacts.owner.empty()) append(lines, "owner", {one_line(contacts.owner)}, width);
  if (!contacts.runbook.empty()) append(lines, "runbook", {one_line(contacts.runbook)}, width);
  append(lines, "next", {next_words(status)}, width);
  return lines;
}

std::string event_line(const EventRecord& record, bool colour) {
  return fmt::format("{}  {}  {}\n", painted(short_time(record.at), Paint::dim, colour),
                     painted(fmt::format("{:<15}", one_line(record.kind)), Paint::cyan, colour),
                     one_line(record.message));
}

}  // namespace pgfill::report
