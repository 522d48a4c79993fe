// What a worker knows before each step: whether it may go on, and how large its batches are to be; and what it says of
// a batch. Values only.
#pragma once

#include <chrono>
#include <cstdint>

#include "pgfill/spec.h"

namespace pgfill::work {

/// The answer to "may the next batch start?".
enum class Permit {
  go_on,
  split,  ///< go on, and give the far part of the range away first: somebody is idle
  stop,   ///< give the range back
};

/// A batch that is in the database for good.
struct CommittedBatch {
  std::int64_t rows_walked = 0;  ///< 0: of unknown size
  std::int64_t rows_changed = 0;
  std::chrono::microseconds elapsed{0};
};

/// How large a batch is to be.
struct Aim {
  BatchLimits limits;
  std::chrono::microseconds time{25'000};  ///< what it is to take; at most limits.target_time
  bool stripes_pay = true;                 ///< a pass changes one stripe; false: all that are left
  /// What its rows may take where a part of the time is the same whatever their number.
  std::chrono::microseconds row_time{50'000};
};

}  // namespace pgfill::work
