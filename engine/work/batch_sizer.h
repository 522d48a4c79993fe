// How many rows the next batch walks: so many that it takes the target time, and keeps within what it may write and how
// long it may hold its rows. Pure: no clock, no SQL.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <optional>

#include "pgfill/spec.h"
#include "work/batch_cost.h"

namespace pgfill::work {

/// Steers slice size by measured time: an exponential average (weight 0.3) of time per row, one step at most doubling
/// or halving the size, except that a batch of more than four times the target is answered at once.
///
/// Where a part of the time is the same whatever the rows (BatchCost), smaller batches would only repeat it: then a
/// batch grows until that part is a quarter, within the time that it may hold its rows. Such a part shows only between
/// batches of different sizes, so now and then one is half as large, or twice where it is small.
///
/// Rows that are wide or slow make batches smaller than min_rows, down to one row. Not thread-safe; one per worker.
class BatchSizer {
 public:
  /// `row_bytes`: width of a row by the statistics, for the first batch; 0: unknown.
  explicit BatchSizer(const BatchLimits& limits, double row_bytes = 0);

  /// From now on these limits hold, and a batch is to take this long. `row_time`: what all its rows may take where a
  /// fixed part rules.
  void aim(const BatchLimits& limits, std::chrono::microseconds target, std::chrono::microseconds row_time);
  /// Rows for the next slice.
  std::int64_t rows() const;
  /// The same where a trial of another size would cost more than it tells.
  std::int64_t rows_without_trial() const { return up_to_bisected(rows_); }
  /// What a batch is to take from now on. Less is obeyed at once, more step by step.
  void set_target(std::chrono::microseconds target);
  /// A full slice of `rows` took `elapsed`.
  void committed(std::int64_t rows, std::chrono::microseconds elapsed);
  /// A slice of `rows` wrote so many bytes out of line.
  void wrote(std::int64_t rows, std::int64_t bytes);
  /// A slice of at most `rows` took too long: go on smaller, the third time in a row by far. Each success raises that
  /// limit by a quarter.
  void too_slow(std::int64_t rows);
  /// A slice of at most `rows` holds a bad row: go on with half, down to one row; each success doubles that again.
  void bisect(std::int64_t rows);

  /// Whether a slice of fewer than `rows` rows would take less time, as far as is known.
  bool smaller_is_faster(std::int64_t rows) const;
  /// What a slice of `rows` takes, as far as is known; else 0.
  std::chrono::microseconds expected(std::int64_t rows) const;

 private:
  std::int64_t up_to_bisected(std::int64_t rows) const;
  std::int64_t within(double rows) const;
  double least_rows() const;
  double wanted() const;
  void learn(double rows, double elapsed);
  void look_for_fixed_part(std::int64_t rows);

  BatchLimits limits_;
  double target_us_;
  double row_time_us_;
  std::int64_t rows_;
  std::int64_t bisected_ = 0;        ///< in search of a bad row; 0 = none is looked for
  double first_most_;                ///< rows, while nothing is measured
  std::int64_t trial_ = 0;           ///< another size, to see what it costs; 0 = none
  std::int64_t tried_ = 0;           ///< the last of these, until its batch is measured
  double ceiling_ = 0;               ///< since a slice took too long; 0 = none
  int too_slow_ = 0;                 ///< slices without a success since
  double microseconds_per_row_ = 0;  ///< 0 = not measured yet
  double bytes_per_row_ = 0;         ///< written out of line; 0 = none
  BatchCost cost_;
  bool fixed_part_rules_ = false;
  int alike_ = 0;        ///< batches of about the same size
  int trial_after_ = 0;  ///< so many of these
};

/// What the rows of a batch may take where a fixed part rules: half of what others may wait for them, and not so long
/// that the batch ends by its own timeout. `lock_wait` empty: there is no limit.
std::chrono::microseconds row_time_of(std::optional<std::chrono::milliseconds> lock_wait,
                                      std::chrono::milliseconds direct_patience);

}  // namespace pgfill::work
