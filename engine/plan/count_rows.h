// Counts the rows that a job means. Reads the table: for jobs that may only do so many.
#pragma once

#include <cstdint>

#include "async/task.h"
#include "pgfill/plan.h"
#include "pgfill/spec.h"
#include "postgres/session.h"

namespace pgfill::plan {

/// In a transaction of its own, under what the plan says that expressions mean, for as long as it takes. Throws
/// Failure.
async::Task<std::int64_t> count_rows(postgres::Session& session, JobSpec spec, TableFacts table);

}  // namespace pgfill::plan
