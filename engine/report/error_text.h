// An error as a person reads it: what happened and where, the excerpt of the spec, where things stand, what to do next.
// Pure function; does not print.
#pragma once

#include <string>

#include "pgfill/error.h"
#include "pgfill/plan.h"

namespace pgfill::report {

/// Several lines, each ended by a line break:
///   users.yaml:23:6: error PF1042: key column "created_at" is not unique
///      23 | key: [created_at]
///         |       ^^^^^^^^^^ add "id" as tie-breaker
///   state: 1,204,000 rows committed through id 1210044
///   hint:  pgfill retry users-account-state
/// Nothing in it is taken as a terminal escape, whatever the server or the spec said.
std::string format_error(const Error& error, bool colour);

/// A refusal of the plan as the error a run would end with.
Error error_of(const Finding& finding);

}  // namespace pgfill::report
