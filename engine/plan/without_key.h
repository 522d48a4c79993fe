// A table that has no index which can carry a cursor. Where no row that is done can meet the condition, the job goes
// over it in physical order and names rows by their position; else it says what gives the table a key. Pure; the facts
// decide.
#pragma once

#include "pgfill/plan.h"
#include "pgfill/result.h"
#include "pgfill/spec.h"
#include "plan/facts.h"

namespace pgfill::plan {

/// The position as the key. Error: no_usable_key, with what to do: never with a column that the job sets, nor with one
/// that may be NULL and nobody has filled.
Result<KeyChoice> without_key(const JobSpec& spec, const Facts& facts);

}  // namespace pgfill::plan
