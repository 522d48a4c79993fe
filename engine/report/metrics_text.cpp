#include "report/metrics_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <set>
#include <string_view>

#include "report/row_counts.h"

namespace pgfill::report {
namespace {

/// One figure of each job.
struct Metric {
  const char* name;
  const char* type;
  const char* help;
  double (*value)(const JobStatus& job);
};

double number(std::int64_t count) {
  return static_cast<double>(count);
}

const Metric job_metrics[] = {
    {"pgfill_job_done_ratio", "gauge", "Share of the key distribution that is done, 0 to 1.",
     [](const JobStatus& job) { return job.share; }},
    {"pgfill_job_rows_changed_total", "counter", "Rows that the job has changed, in all its runs.",
     [](const JobStatus& job) { return number(job.rows_changed); }},
    {"pgfill_job_batches_total", "counter", "Batches that are committed.",
     [](const JobStatus& job) { return number(job.batches); }},
    {"pgfill_job_rows_estimated", "gauge", "Rows of the table, by estimate.",
     [](const JobStatus& job) { return number(job.estimated_rows); }},
    {"pgfill_job_rows_per_second", "gauge", "Rows changed a second, as its runner last said.",
     [](const JobStatus& job) { return job.rows_per_second; }},
    {"pgfill_job_ranges", "gauge", "Ranges of the job.", [](const JobStatus& job) { return number(job.ranges); }},
    {"pgfill_job_ranges_done", "gauge", "Ranges that are done.",
     [](const JobStatus& job) { return number(job.ranges_done); }},
    {"pgfill_job_batches_retried", "gauge", "Batches that failed and were tried again, in the present run.",
     [](const JobStatus& job) { return number(job.retries); }},
    {"pgfill_job_rows_deferred", "gauge", "Rows listed because others held them.",
     [](const JobStatus& job) { return number(job.deferred); }},
    {"pgfill_job_rows_quarantined", "gauge", "Rows listed because they cannot take their new value.",
     [](const JobStatus& job) { return number(job.quarantined); }},
    {"pgfill_job_paused", "gauge", "1 while a person wants the job paused.",
     [](const JobStatus& job) { return job.paused ? 1.0 : 0.0; }},
    {"pgfill_job_runner_up", "gauge", "1 while a runner holds the job and its lease runs.",
     [](const JobStatus& job) { return job.runner_alive ? 1.0 : 0.0; }},
};

std::string escaped(const std::string& value) {
  std::string text;
  for (const char letter : value) {
    if (letter == '\\' || letter == '"') text += '\\';
    text += letter == '\n' ? "\\n" : std::string(1, letter);
  }
  return text;
}

std::string head(const char* name, const char* type, const char* help) {
  return fmt::format("# HELP {0} {2}\n# TYPE {0} {1}\n", name, type, help);
}

std::string number_text(double value) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value > 0 ? "+Inf" : "-Inf";
  return fmt::format("{}", value);
}

std::string of_job(const JobStatus& job) {
  return "job=\"" + escaped(job.job) + "\"";
}

/// Those whose subjects are parts of the installation; others name a session or a transaction, new ones all the time.
constexpr std::array<std::string_view, 4> of_the_installation{"replica_lag", "replica_backlog", "slot_retention",
                                                              "disk_free"};

std::string of_signal(const JobStatus& job, const SignalStatus& signal) {
  const bool lasting =
      std::find(of_the_installation.begin(), of_the_installation.end(), signal.signal) != of_the_installation.end();
  return fmt::format("{},signal=\"{}\",subject=\"{}\"", of_job(job), escaped(signal.signal),
                     lasting ? escaped(signal.subject) : "");
}

using Figure = std::function<double(const SignalStatus&)>;

std::string of_signals(const std::vector<JobStatus>& jobs, const char* name, const char* help, const Figure& figure) {
  std::string text = head(name, "gauge", help);
  for (const JobStatus& job : jobs) {
    if (!job.runner_alive) continue;  // nobody looks: the last readings are old
    std::set<std::string> told;
    for (const SignalStatus& signal : job.signals) {
      const std::string labels = of_signal(job, signal);
      if (told.insert(labels).second) text += fmt::format("{}{{{}}} {}\n", name, labels, number_text(figure(signal)));
    }
  }
  return text;
}

}  // namespace

std::string metrics_text(const std::vector<JobStatus>& jobs) {
  std::string text = head("pgfill_job_state", "gauge", "1 for the state that the job is in.");
  for (const JobStatus& job : jobs) {
    text += fmt::format("pgfill_job_state{{{},table=\"{}\",state=\"{}\"}} 1\n", of_job(job), escaped(job.table),
                        name_of(job.state));
  }
  for (const Metric& metric : job_metrics) {
    text += head(metric.name, metric.type, metric.help);
    for (const JobStatus& job : jobs)
      text += fmt::format("{}{{{}}} {}\n", metric.name, of_job(job), number_text(metric.value(job)));
  }
  text += head("pgfill_job_rows_total", "counter", "Rows by what has become of them, in all runs of the job.");
  for (const JobStatus& job : jobs) {
    for (const RowCount& one : row_counts(job.kind, job.rows_changed, job.rows_kept))
      text += fmt::format("pgfill_job_rows_total{{{},count=\"{}\"}} {}\n", of_job(job), one.name, one.rows);
  }
  text += of_signals(jobs, "pgfill_signal_value",
                     "What the throttle reads: seconds, bytes, bytes a second, a share of 1, or a count; NaN: unknown.",
                     [](const SignalStatus& signal) { return signal.value.value_or(std::nan("")); });
  text += of_signals(jobs, "pgfill_signal_limit", "The limit of the signal, in the same unit.",
                     [](const SignalStatus& signal) { return signal.limit; });
  return text;
}

}  // namespace pgfill::report
