// `pgfill status`: where jobs stand, once or again and again.
#include <poll.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <ostream>

#include "cli/cadence.h"
#include "cli/screen.h"
#include "cli/verbs.h"
#include "pgfill/job.h"
#include "report/job_text.h"
#include "report/json.h"

namespace pgfill::cli {

namespace {

using Jobs = std::vector<JobStatus>;
using Clock = std::chrono::steady_clock;

constexpr int look_interval_ms = 1'000;

Result<Jobs> jobs_asked_for(const StatusArguments& arguments, const ConnectionSettings& connection) {
  if (!arguments.job.empty()) {
    Result<JobStatus> job = job_status(connection, arguments.job);
    if (!job) return job.error();
    return Jobs{std::move(*job)};
  }
  Result<Jobs> all = list_jobs(connection);
  if (!all || all->empty()) return all;
  Jobs open;
  std::copy_if(all->begin(), all->end(), std::back_inserter(open),
               [](const auto& job) { return job.state != JobState::done; });
  return open.empty() ? Jobs{all->front()} : open;
}

/// What the spec says; nothing when it is not one this pgfill reads.
report::Contacts contacts_of(const JobStatus& job) {
  const Result<JobSpec> spec = parse_spec(job.spec_yaml, "spec of job " + job.job);
  return spec ? report::Contacts{spec->owner, spec->runbook} : report::Contacts{};
}

nlohmann::ordered_json json_of(const JobStatus& job) {
  nlohmann::ordered_json json = report::to_json(job);
  const report::Contacts contacts = contacts_of(job);
  if (!contacts.owner.empty()) json["owner"] = contacts.owner;
  if (!contacts.runbook.empty()) json["runbook"] = contacts.runbook;
  return json;
}

std::vector<std::string> blocks(const Jobs& jobs, std::size_t width, bool colour) {
  std::vector<std::string> lines;
  for (const JobStatus& job : jobs) {
    if (!lines.empty()) lines.emplace_back();
    for (std::string& line : report::status_block(job, width, colour, contacts_of(job)))
      lines.push_back(std::move(line));
  }
  return lines;
}

void print(const Jobs& jobs, const StatusArguments& arguments, Console& console) {
  nlohmann::ordered_json list = nlohmann::ordered_json::array();
  for (const JobStatus& job : jobs) list.push_back(json_of(job));
  switch (arguments.output) {
    case OutputFormat::table:
      for (const std::string& line : blocks(jobs, width_of(console.can), console.can.colour_out))
        console.out << line + "\n";
      break;
    case OutputFormat::json:
      console.out << report::dump(arguments.job.empty() ? list : list.at(0), 2) + "\n";
      break;
    case OutputFormat::jsonl:
      for (const auto& job : list) console.out << report::dump(job) + "\n";
      break;
  }
  console.out << std::flush;
}

bool all_done(const Jobs& jobs) {
  return std::all_of(jobs.begin(), jobs.end(), [](const JobStatus& job) { return job.state == JobState::done; });
}

/// Until every job is done, or the reader of stdout has gone.
ExitCode watch(const StatusArguments& arguments, const ConnectionSettings& connection, Console& console) {
  const bool redraw = console.can.live_out && arguments.output == OutputFormat::table;
  const auto begin = Clock::now();
  Screen screen;
  EasingCadence cadence;
  bool first = true;
  while (console.out) {
    const Result<Jobs> jobs = jobs_asked_for(arguments, connection);
    if (!jobs) return fail(jobs.error(), console, arguments.output);
    const bool over = all_done(*jobs);
    const auto elapsed = std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - begin);
    if (redraw) {
      const std::size_t width = width_of(console.can);
      console.out << screen.frame(blocks(*jobs, width - 1, console.can.colour_out), width, height_of_terminal())
                  << std::flush;
    } else if (cadence.due(elapsed) || first || over) {
      print(*jobs, arguments, console);
    }
    if (over) break;
    first = false;
    poll(nullptr, 0, look_interval_ms);
  }
  return ExitCode::done;
}

}  // namespace

ExitCode execute(const StatusArguments& arguments, Console& console) {
  const ConnectionSettings connection = resolve_connection(arguments.connection, console.environment);
  if (arguments.watch) return watch(arguments, connection, console);
  const Result<Jobs> jobs = jobs_asked_for(arguments, connection);
  if (!jobs) return fail(jobs.error(), console, arguments.output);
  if (jobs->empty()) console.err << "no job in this database yet\n";
  print(*jobs, arguments, console);
  return ExitCode::done;
}

}  // namespace pgfill::cli
