// What a worker does about a batch that failed. Pure: no clock, no SQL.
#pragma once

#include <chrono>
#include <cstdint>

#include "pgfill/spec.h"
#include "postgres/failure_class.h"

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

/// The way over a slice that is expected to take so long: what takes longer than a batch that waits for locks may,
/// waits for none.
Way first_way(std::chrono::microseconds expected, std::chrono::milliseconds patience);

/// `rows`: the most the failed slice can have. `smaller_is_faster`: fewer of them take less time.
Remedy remedy_for(FailureClass failure, Way way, std::int64_t rows, bool smaller_is_faster, BadRows::Action bad_rows);

}  // namespace pgfill::work
