// Running a job (pgfill/job.h).
#include "async/run_to_end.h"
#include "pgfill/job.h"
#include "run/open_files.h"
#include "run/start_job.h"

namespace pgfill {

RunReport run_job(const JobSpec& spec, const ConnectionSettings& connection, const RunOptions& options,
                  Control& control, Observer& observer) {
  if (auto refused = postgres::check_conninfo(connection.conninfo)) return run::failed(*refused);
  const int asked = options.workers > 0 ? options.workers : spec.workers;
  const int workers = asked > 0 ? asked : most_found_workers;
  if (auto refused = run::allow_open_files(spec, workers)) return run::failed(*refused);
  const run::Order order{spec, connection, options, control, observer};
  try {
    return async::run_to_end(run::start_job(order));
  } catch (const postgres::Failure& failure) {
    return run::failed(postgres::to_error(failure, "starting job " + spec.job));
  }
}

}  // namespace pgfill
