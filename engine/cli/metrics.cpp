// `pgfill metrics`: every job of the database as metrics, for a collector that reads text.
#include <ostream>

#include "cli/verbs.h"
#include "pgfill/job.h"
#include "report/metrics_text.h"

namespace pgfill::cli {

ExitCode execute(const MetricsArguments& arguments, Console& console) {
  const auto jobs = list_jobs(resolve_connection(arguments.connection, console.environment));
  if (!jobs) return fail(jobs.error(), console);
  console.out << report::metrics_text(*jobs) << std::flush;
  return ExitCode::done;
}

}  // namespace pgfill::cli
