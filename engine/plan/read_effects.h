// Reads and judges what the functions and triggers do that a job's statements lead to. Inside the transaction the
// caller has begun, under the job's search path; or in one of its own.
#pragma once

#include <optional>
#include <string>

#include "async/task.h"
#include "pgfill/spec.h"
#include "plan/facts.h"
#include "postgres/session.h"

namespace pgfill::plan {

/// Of a table whose columns are known. Throws postgres::Failure.
async::Task<Effects> read_effects(postgres::Session& session, JobSpec spec, Facts facts, std::string search_path);

/// Of a registered job, as the functions and triggers are now: others may have replaced one since it was planned.
/// `table` is the job's own, whose name people know. Empty: the table is not there.
async::Task<std::optional<Effects>> effects_now(postgres::Session& session, JobSpec spec, std::string search_path);

}  // namespace pgfill::plan
