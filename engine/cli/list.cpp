// `pgfill list`: every job of the database.
#include <nlohmann/json.hpp>
#include <ostream>

#include "cli/verbs.h"
#include "pgfill/job.h"
#include "report/job_text.h"
#include "report/json.h"

namespace pgfill::cli {

ExitCode execute(const ListArguments& arguments, Console& console) {
  const auto jobs = list_jobs(resolve_connection(arguments.connection, console.environment));
  if (!jobs) return fail(jobs.error(), console, arguments.output);
  if (arguments.output == OutputFormat::table) {
    if (jobs->empty()) console.err << "no job in this database yet\n";
    if (!jobs->empty()) console.out << report::job_table(*jobs, console.can.colour_out);
  } else if (arguments.output == OutputFormat::json) {
    nlohmann::ordered_json list = nlohmann::ordered_json::array();
    for (const JobStatus& job : *jobs) list.push_back(report::to_json(job));
    console.out << report::dump(list, 2) + "\n";
  } else {
    for (const JobStatus& job : *jobs) console.out << report::dump(report::to_json(job)) + "\n";
  }
  console.out << std::flush;
  return ExitCode::done;
}

}  // namespace pgfill::cli
