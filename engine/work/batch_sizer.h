// How many rows the next batch walks, so that a batch takes the target time. Pure: no clock, no SQL.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>

#include "pgfill/spec.h"

namespace pgfill::work {

/// Steers slice size by the measured cost of a row: an exponential average (weight 0.3) of time per row, one step at
/// most doubling or halving the size, except that a batch of more than four times the target is answered at once.
/// Not thread-safe; one per worker.
class BatchSizer {
 public:
  explicit BatchSizer(const BatchLimits& limits);

  /// From now on these limits hold, and a batch is to take this long.
  void aim(const BatchLimits& limits, std::chrono::microseconds target);
  /// Rows for the next slice; within [min_rows, max_rows], and below that while a bad row is looked for.
  std::int64_t rows() const { return cap_ > 0 ? std::min(cap_, rows_) : rows_; }
  /// What a batch is to take from now on. Less is obeyed at once, more step by step.
  void set_target(std::chrono::microseconds target);
  /// A full slice of `rows` took `elapsed`.
  void committed(std::int64_t rows, std::chrono::microseconds elapsed);
  /// A slice of at most `rows` took too long: go on smaller.
  void too_slow(std::int64_t rows);
  /// A slice of at most `rows` holds a bad row: go on with half, down to one row; each success doubles that again.
  void bisect(std::int64_t rows);

 private:
  std::int64_t clamp(double rows) const;

  BatchLimits limits_;
  double target_us_;
  std::int64_t rows_;
  std::int64_t cap_ = 0;             ///< 0 = none
  double microseconds_per_row_ = 0;  ///< 0 = not measured yet
};

}  // namespace pgfill::work
