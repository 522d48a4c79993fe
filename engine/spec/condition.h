// What the text of a job's condition tells about rows that are done. Looks at the text only.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "pgfill/spec.h"
#include "spec/null_values.h"

namespace pgfill::spec {

/// False when the condition reads nothing that the job writes, so that it holds for a row that is done as it did
/// before. `generated`: columns that the server computes, maybe from those that are set.
bool condition_may_tell(const JobSpec& spec, const std::vector<std::string>& generated = {});

/// True when the condition or a new value holds a sub-select: it reads rows that the batch does not lock.
bool reads_other_rows(const JobSpec& spec);

/// True when the condition demands that a column which the job sets is NULL: changing a row that is done and fulfils it
/// still, or again, overwrites nothing.
bool fills_nulls(const JobSpec& spec);

/// True when the condition demands that a column is NULL which the job sets to what never is: no row that is done
/// fulfils it, whatever else the job sets.
bool marks_done(const JobSpec& spec, const NullFacts& facts);

/// The condition that holds for the rows whose new values are all NULL: tests of columns. Empty: for no row. Nothing
/// when nobody can tell.
std::optional<std::string> all_null_when(const JobSpec& spec, const NullFacts& facts);

/// For a job that fills NULLs and of which all_null_when() can tell: its condition without the rows that would fulfil
/// it for ever, as all of their new values are NULL. No row that is done fulfils it then, unless others have made it
/// so.
std::string position_condition(const JobSpec& spec);

/// True when done rows may fulfil the condition although they are done, and changing them again would overwrite
/// something: each batch asks whether one of its rows does.
bool asks_done_rows(const JobSpec& spec, const std::vector<std::string>& generated);

}  // namespace pgfill::spec
