// What a batch costs: a part that is the same whatever its rows, and a part for each row. Learnt from measured batches
// by least squares that forget exponentially. Pure: no clock, no SQL.
#pragma once

namespace pgfill::work {

/// Not thread-safe; a value. Times in microseconds.
class BatchCost {
 public:
  /// A batch of so many rows took so long; both above 0.
  void add(double rows, double elapsed);
  void forget() { *this = BatchCost(); }

  /// Of every batch; 0 while all had about the same number of rows: then nothing tells the two parts apart.
  double fixed() const;
  /// Standard error of fixed(), beyond any time while nothing tells.
  double fixed_error() const;
  /// Never 0 once something was measured.
  double per_row() const;
  /// As per_row(), but rather too much, or too little, by its standard error.
  double most_per_row() const;
  double least_per_row() const;
  /// What so many rows take; all the time that batches took on average while nothing tells the two parts apart.
  double expected(double rows) const;
  /// Batches of this size say something new about how the two parts share the time.
  bool differs(double rows) const;

 private:
  double mean_rows() const { return rows_ / weight_; }
  double mean_time() const { return time_ / weight_; }
  double variance() const;
  double slope() const;
  double noise() const;
  double slope_error() const;

  // Sums over all batches, each weighing less than the one after it.
  double weight_ = 0;
  double rows_ = 0;
  double time_ = 0;
  double rows_rows_ = 0;
  double rows_time_ = 0;
  double time_time_ = 0;
};

}  // namespace pgfill::work
