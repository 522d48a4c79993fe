// Whether the batches of a job on a partitioned table name its leaf partitions, each batch one, or the table, and then
// look into all of them. To name a leaf is mostly the same and costs less; where it is not the same the table is named.
// Pure; the facts decide.
#pragma once

#include <string>

#include "pgfill/plan.h"
#include "pgfill/spec.h"
#include "plan/facts.h"

namespace pgfill::plan {

/// Why batches name a partitioned table, as half a sentence; empty: they name its leaves, or the table has none.
std::string whole_table_because(const JobSpec& spec, const Facts& facts, const KeyChoice& key);

}  // namespace pgfill::plan
