// Chooses the unique index whose order a job follows. Pure: facts in, choice or refusal out.
//
// A key must be able to carry a cursor: unique without exception (valid, not partial, no expression, never NULL), and
// ordered by the server exactly as `>` and ORDER BY on its columns compare (B-tree, default operator class, the
// columns' own collations, one direction). A deferrable constraint will do: rows another session has committed are
// unique whenever the constraint was checked. So will a nondeterministic collation: values that it holds equal are one
// key to the index, to `>` and to ORDER BY alike, so no second row can stand beside the cursor.
#pragma once

#include "pgfill/plan.h"
#include "pgfill/result.h"
#include "pgfill/spec.h"
#include "plan/facts.h"

namespace pgfill::plan {

/// The spec's `key` when it names one, else the primary key, else the best NOT NULL unique index: fewest columns, then
/// fixed-width types, then by name, else columns that each leaf partition has such an index over, else the position
/// (without_key.h). Errors: no_such_column, key_not_unique,
/// no_usable_key, each with what to create.
Result<KeyChoice> choose_key(const JobSpec& spec, const Facts& facts);

/// Rows are named by their position, which changes with every update; that takes physical order.
bool is_position(const KeyChoice& key);

/// Why an index cannot carry a cursor, in words; empty when it can.
std::string unusable_because(const IndexFact& index, const Facts& facts);

}  // namespace pgfill::plan
