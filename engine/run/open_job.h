// From a spec to a job in the ledger: found as it was left, or planned and registered.
#pragma once

#include <optional>
#include <string>

#include "ledger/job.h"
#include "pgfill/job.h"
#include "pgfill/result.h"
#include "postgres/session.h"

namespace pgfill::run {

struct OpenedJob {
  ledger::JobRecord record;
  JobSpec spec;                      ///< with what DEFAULT stands for in this job
  std::int64_t planned_ranges = 0;   ///< when registered by this call; 0 when found
  bool may_insert = false;           ///< batches may insert rows into the job's table, which are no work for it
  bool reads_by_function = false;    ///< an expression reads other rows by a function that sees what the statement sees
  std::string one_at_a_time_before;  ///< as the ledger has it; `record` as functions and triggers are now
};

/// Installs the ledger when it is missing. `server`: identity of the server the session leads to. `plan`: of
/// RunOptions; outlives the call. Errors: ledger_*, spec_changed, table_changed, database_copied, job_owned (--again
/// while it runs) and the plan's first refusal. Throws Failure.
async::Task<Result<OpenedJob>> open_job(postgres::Session& session, JobSpec spec, std::string server, bool again,
                                        const std::optional<Plan>& plan);

/// What would keep a run of this spec from beginning, as the ledger has it: another spec of its name, another table or
/// server, a pause. Empty: nothing, or there is no ledger. Writes nothing. Throws Failure.
async::Task<std::optional<Error>> obstacle_in_ledger(postgres::Session& session, JobSpec spec);

}  // namespace pgfill::run
