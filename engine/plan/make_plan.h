// Makes the plan of a job: what will be done, what speaks against it, and what it will cost. Changes nothing; never
// reads the table beyond a bounded sample.
#pragma once

#include "async/task.h"
#include "pgfill/plan.h"
#include "pgfill/result.h"
#include "pgfill/spec.h"
#include "postgres/session.h"

namespace pgfill::plan {

/// One read-only REPEATABLE READ transaction on `session`, which must have none open; with `sampling` then some short
/// ones that are rolled back (plan/sample.h). A plan that is refused is a value
/// with a refusal among its findings; what could not be found out is then left empty. Errors: no_such_table, and
/// whatever the connection or the server fails with.
async::Task<Result<Plan>> make_plan(postgres::Session& session, JobSpec spec, Sampling sampling = Sampling::off);

}  // namespace pgfill::plan
