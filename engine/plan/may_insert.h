// Whether the batches of a job may insert rows into the table that the job goes over, so that it would make its own
// work. Looks at which triggers fire and which functions are called, not at what they do.
#pragma once

#include <cstdint>

#include "async/task.h"
#include "pgfill/spec.h"
#include "postgres/session.h"

namespace pgfill::plan {

/// True when a trigger or a function of people runs with the job's updates, and this role may see who has written a
/// row.
async::Task<bool> may_insert_into_target(postgres::Session& session, std::uint32_t table_oid, JobSpec spec);

}  // namespace pgfill::plan
