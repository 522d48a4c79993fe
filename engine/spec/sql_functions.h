// What pgfill knows of PostgreSQL's own functions: which mean something else when a statement runs in batches. Names
// only; functions of other schemas are left to the server.
#pragma once

#include <string_view>

namespace pgfill::spec {

enum class FunctionKind {
  ordinary,       ///< the same per row, however the rows are cut into batches; now() counts as this, see jobs/README.md
  aggregate,      ///< one value for many rows
  set_returning,  ///< many rows for one
  per_random,     ///< another value each time it is asked: fine as a new value, not as a condition
  session_bound,  ///< depends on which session or transaction runs the row
  side_effect,    ///< does something that a rolled-back batch does not undo, or holds the batch's locks
};

/// The kind of a built-in function; `name` folded, without schema.
FunctionKind kind_of_function(std::string_view name);

}  // namespace pgfill::spec
