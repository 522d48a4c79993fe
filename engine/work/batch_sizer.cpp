#include "work/batch_sizer.h"

#include <algorithm>

namespace pgfill::work {

namespace {
/// Where a job starts before anything is measured: a few milliseconds of work on the tables we know.
constexpr double first_rows = 1000;
constexpr double weight_of_newest = 0.3;
/// Batches this many times too long are answered at once instead of by halving.
constexpr double far_too_long = 4;
}  // namespace

BatchSizer::BatchSizer(const BatchLimits& limits)
    : limits_(limits),
      target_us_(std::chrono::duration<double, std::micro>(limits.target_time).count()),
      rows_(clamp(first_rows)) {}

void BatchSizer::set_target(std::chrono::microseconds target) {
  target_us_ = std::max(1.0, static_cast<double>(target.count()));
  if (microseconds_per_row_ > 0) rows_ = std::min(rows_, clamp(target_us_ / microseconds_per_row_));
}

std::int64_t BatchSizer::clamp(double rows) const {
  return static_cast<std::int64_t>(
      std::clamp(rows, static_cast<double>(limits_.min_rows), static_cast<double>(limits_.max_rows)));
}

void BatchSizer::aim(const BatchLimits& limits, std::chrono::microseconds target) {
  limits_ = limits;
  set_target(target);
  rows_ = clamp(static_cast<double>(rows_));
}

void BatchSizer::committed(std::int64_t rows, std::chrono::microseconds elapsed) {
  if (cap_ > 0) {  // the cost of tiny slices says nothing about large ones
    cap_ = cap_ * 2 >= rows_ ? 0 : cap_ * 2;
    return;
  }
  if (rows <= 0) return;
  const double measured = std::max(1.0, static_cast<double>(elapsed.count())) / static_cast<double>(rows);
  if (static_cast<double>(elapsed.count()) > far_too_long * target_us_ || microseconds_per_row_ == 0) {
    microseconds_per_row_ = measured;
  } else {
    microseconds_per_row_ += weight_of_newest * (measured - microseconds_per_row_);
  }
  const double wanted = target_us_ / microseconds_per_row_;
  const auto present = static_cast<double>(rows_);
  const bool hurry = static_cast<double>(elapsed.count()) > far_too_long * target_us_;
  rows_ = clamp(hurry ? wanted : std::clamp(wanted, present / 2, present * 2));
}

void BatchSizer::too_slow(std::int64_t rows) {
  rows_ = clamp(static_cast<double>(std::min(rows, rows_)) / 2);
}

void BatchSizer::bisect(std::int64_t rows) {
  cap_ = std::max<std::int64_t>(1, std::min(rows, this->rows()) / 2);
}

}  // namespace pgfill::work
