// What a worker does about a batch that failed. Pure: no clock, no SQL.
#pragma once

#include <cstdint>

#include "pgfill/range.h"
#include "pgfill/spec.h"

namespace pgfill::work {

/// How a batch goes over its slice.
enum class Way {
  direct,       ///< one range statement; waits for locks, briefly
  around_held,  ///< lists rows that others hold as deferred and changes the rest; waits for no row
};

enum class Remedy {
  none,         ///< not the worker's to mend: the range has failed
  around_held,  ///< the same slice, the other way
  smaller,      ///< a slice of half the rows
  set_aside,    ///< the slice is one row, and that row is bad: quarantine it
};

/// `rows`: the most the failed slice can have. `least_rows`: the smallest slice a slow batch is cut down to.
Remedy remedy_for(FailureClass failure, Way way, std::int64_t rows, std::int64_t least_rows, BadRows::Action bad_rows);

}  // namespace pgfill::work
