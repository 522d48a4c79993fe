// Whether the batches of a job may insert rows into the table that the job goes over, so that it would make its own
// work.
#pragma once

#include <cstdint>

#include "async/task.h"
#include "plan/effects.h"
#include "postgres/session.h"

namespace pgfill::plan {

/// True when a trigger or a function may do so, and this role may see who has written a row, which is how such rows are
/// known.
async::Task<bool> may_insert_into_target(postgres::Session& session, std::uint32_t table_oid, Effects effects);

}  // namespace pgfill::plan
