// What a person has to run so that a table gets a key that a job can follow. Pure: facts in, SQL as text out.
#pragma once

#include <string>

#include "plan/facts.h"

namespace pgfill::plan {

/// CREATE UNIQUE INDEX over these columns, in a form that does not lock the table; on a partitioned table over the
/// columns of its partition key too, as the server demands.
std::string create_unique_index(const Facts& facts, const ColumnNumbers& columns);

/// What gives a table without a usable index its key: the columns of an index that almost serves, else those that most
/// likely identify a row, else a new column, which a job in physical order fills. Followed step by step it ends with
/// the job that asked for it, so it names no column that the job sets, and no new index over one that may be NULL.
std::string make_key(const JobSpec& spec, const Facts& facts);

/// What makes an index that cannot carry a cursor one that can, or another one of the same columns.
std::string mend_index(const Facts& facts, const IndexFact& index);

}  // namespace pgfill::plan
