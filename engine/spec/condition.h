// What the text of a job's condition tells about rows that are done. Looks at the text only.
#pragma once

#include <string>
#include <vector>

#include "pgfill/spec.h"

namespace pgfill::spec {

/// False when the condition reads nothing that the job writes, so that it holds for a row that is done as it did
/// before. `generated`: columns that the server computes, maybe from those that are set.
bool condition_may_tell(const JobSpec& spec, const std::vector<std::string>& generated = {});

/// True when the condition demands that a column which the job sets is NULL: changing a row that is done and fulfils it
/// still, or again, overwrites nothing.
bool fills_nulls(const JobSpec& spec);

/// True when no row that is done fulfils the condition of such a job, heap_condition() that is, unless others have made
/// it so: one of the new values is never NULL, by the text of its expression, or all of them are columns. `not_null`:
/// columns of the table that are.
bool done_rows_tell(const JobSpec& spec, const std::vector<std::string>& not_null);

/// The condition, with the rows left out that would fulfil it for ever, as all of their new values are NULL, where that
/// is as easy to tell as that a column is NULL.
std::string heap_condition(const JobSpec& spec);

/// True when done rows may fulfil the condition although they are done, and changing them again would overwrite
/// something: each batch asks whether one of its rows does.
bool asks_done_rows(const JobSpec& spec, const std::vector<std::string>& generated);

}  // namespace pgfill::spec
