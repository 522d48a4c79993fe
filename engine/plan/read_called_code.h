// Asks the server which functions, triggers and relations the statements of a job lead to, and reads their code, round
// by round until no new name comes. Runs inside the transaction the caller has begun, under the job's search path.
#pragma once

#include <string>

#include "async/task.h"
#include "pgfill/spec.h"
#include "plan/called_code.h"
#include "plan/effects.h"
#include "postgres/session.h"

namespace pgfill::plan {

async::Task<CalledCode> read_called_code(postgres::Session& session, JobSpec spec, Oid table, std::string search_path);

}  // namespace pgfill::plan
