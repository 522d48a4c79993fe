#include "work/batch_sizer.h"

#include <cassert>

namespace pgfill::work {

namespace {
/// Where a job starts before anything is measured: a few milliseconds of work on the tables we know.
constexpr double first_rows = 1000;
/// And by the width of its rows: what the slowest part of writing them, compression, does in the default target time.
constexpr double first_bytes = 1 << 20;
/// However fast: a batch is also a burst of WAL.
constexpr double most_bytes = 16 << 20;
constexpr double weight_of_newest = 0.3;
/// Batches this many times too long are answered at once instead of by halving, and not for the sake of min_rows.
constexpr double far_too_long = 4;
/// A fixed part of less than this every transaction has, over a network too: the target includes it.
constexpr double usual_fixed_us = 2000;
/// Where the fixed part rules, the rows are to take so many times as long, and at most so many times the target.
constexpr double rows_over_fixed = 3;
constexpr double row_time_over_target = 5;
/// Successes that raise the limit after a slice that took too long.
constexpr double raise = 1.25;
constexpr int first_trial_after = 16;
constexpr int trial_after_beside_fixed = 3;
constexpr int last_trial_after = 256;
/// After so many slices that took too long the next ones are not half as large but far smaller.
constexpr int halvings = 2;
constexpr int most_shift = 10;
/// A slice takes less when it has fewer rows, unless its rows take less than this share of the fixed part.
constexpr double small_share = 1.0 / 3;
}  // namespace

BatchSizer::BatchSizer(const BatchLimits& limits, double row_bytes)
    : limits_(limits),
      target_us_(std::chrono::duration<double, std::micro>(limits.target_time).count()),
      row_time_us_(target_us_),
      first_most_(row_bytes > 0 ? first_bytes / row_bytes : limits.max_rows),
      trial_after_(first_trial_after) {
  rows_ = within(first_rows);
}

std::int64_t BatchSizer::rows() const {
  return up_to_bisected(trial_ > 0 ? std::min<std::int64_t>(trial_, limits_.max_rows) : rows_);
}

std::int64_t BatchSizer::up_to_bisected(std::int64_t rows) const {
  assert(rows >= 1 && rows <= limits_.max_rows && bisected_ >= 0);
  return bisected_ > 0 ? std::min(bisected_, rows) : rows;
}

void BatchSizer::set_target(std::chrono::microseconds target) {
  target_us_ = std::max(1.0, static_cast<double>(target.count()));
  if (microseconds_per_row_ > 0) rows_ = std::min(rows_, within(wanted()));
}

/// min_rows, unless so many would take far too long for what the rows themselves cost.
double BatchSizer::least_rows() const {
  const double per_row = std::min(microseconds_per_row_, cost_.most_per_row());
  return per_row * limits_.min_rows > far_too_long * target_us_ ? 1 : limits_.min_rows;
}

std::int64_t BatchSizer::within(double rows) const {
  double most = limits_.max_rows;
  if (microseconds_per_row_ == 0) most = std::min(most, first_most_);
  if (bytes_per_row_ > 0) most = std::min(most, most_bytes / bytes_per_row_);
  if (ceiling_ > 0) most = std::min(most, ceiling_);
  most = std::max(1.0, most);
  return static_cast<std::int64_t>(std::clamp(rows, std::min(least_rows(), most), most));
}

void BatchSizer::aim(const BatchLimits& limits, std::chrono::microseconds target, std::chrono::microseconds row_time) {
  assert(limits.min_rows >= 1 && limits.min_rows <= limits.max_rows);
  limits_ = limits;
  row_time_us_ = static_cast<double>(row_time.count());
  set_target(target);
  rows_ = within(static_cast<double>(rows_));
}

double BatchSizer::wanted() const {
  const double by_time = target_us_ / microseconds_per_row_;
  if (!fixed_part_rules_) return by_time;
  // Noise and drift hide what rows cost beside a large fixed part. More of them show it, fewer would hide it for good:
  // in doubt they are taken for cheap.
  const double long_enough = rows_over_fixed * (cost_.fixed() - usual_fixed_us);
  const double row_time = std::min({long_enough, row_time_us_, row_time_over_target * target_us_});
  return std::max(by_time, row_time / cost_.least_per_row());
}

void BatchSizer::learn(double rows, double elapsed) {
  if (elapsed > far_too_long * std::max(target_us_, cost_.expected(rows))) cost_.forget();
  cost_.add(rows, elapsed);
  // Once it rules, that is believed until the estimate itself says otherwise.
  const double doubt = fixed_part_rules_ ? 0 : cost_.fixed_error();
  fixed_part_rules_ = cost_.fixed() - doubt > usual_fixed_us;
}

/// Among batches of one size the two parts of the cost look alike.
void BatchSizer::look_for_fixed_part(std::int64_t rows) {
  if (trial_ > 0 || cost_.differs(static_cast<double>(rows))) alike_ = 0;
  trial_ = 0;
  const bool may_matter = microseconds_per_row_ * static_cast<double>(rows) > 2 * usual_fixed_us;
  if (!may_matter || ++alike_ < (fixed_part_rules_ ? trial_after_beside_fixed : trial_after_)) return;
  alike_ = 0;
  trial_after_ = fixed_part_rules_ ? first_trial_after : std::min(last_trial_after, trial_after_ * 2);
  const std::int64_t present = std::min(rows, rows_);  // something else may keep slices smaller than rows_
  const bool small = present < std::max(2, limits_.min_rows);
  trial_ = within(static_cast<double>(present) * (small ? 2 : 0.5));
  if (trial_ == present) trial_ = 0;
  tried_ = trial_;
}

void BatchSizer::committed(std::int64_t rows, std::chrono::microseconds elapsed) {
  assert(rows >= 0 && elapsed.count() >= 0);
  if (bisected_ > 0) {  // the cost of tiny slices says nothing about large ones
    bisected_ = bisected_ * 2 >= rows_ ? 0 : bisected_ * 2;
    return;
  }
  if (rows <= 0) return;
  const double time = std::max(1.0, static_cast<double>(elapsed.count()));
  const double measured = time / static_cast<double>(rows);
  const bool hurry = time > far_too_long * target_us_;
  if (hurry || microseconds_per_row_ == 0) {
    microseconds_per_row_ = measured;
  } else if (rows != tried_) {
    microseconds_per_row_ += weight_of_newest * (measured - microseconds_per_row_);
  }
  if (rows == tried_) tried_ = 0;
  look_for_fixed_part(rows);
  learn(static_cast<double>(rows), time);
  too_slow_ = 0;
  if (ceiling_ > 0) ceiling_ = ceiling_ > 2 * wanted() ? 0 : std::max(ceiling_ + 1, ceiling_ * raise);
  const double wanted = this->wanted();
  const auto present = static_cast<double>(rows_);
  rows_ = within(hurry ? std::min(wanted, present * 2) : std::clamp(wanted, present / 2, present * 2));
}

void BatchSizer::wrote(std::int64_t rows, std::int64_t bytes) {
  if (rows <= 0) return;
  const double measured = static_cast<double>(bytes) / static_cast<double>(rows);
  const double weight = measured > bytes_per_row_ ? 1 : weight_of_newest;
  bytes_per_row_ += weight * (measured - bytes_per_row_);
  rows_ = within(static_cast<double>(rows_));
}

void BatchSizer::too_slow(std::int64_t rows) {
  trial_ = 0;
  const int shift = ++too_slow_ <= halvings ? 1 : std::min(too_slow_ - 1, most_shift);
  ceiling_ = static_cast<double>(std::max<std::int64_t>(1, std::min(rows, this->rows()) >> shift));
  rows_ = within(ceiling_);
}

void BatchSizer::bisect(std::int64_t rows) {
  assert(rows >= 1 && "a slice that failed for a row has one");
  bisected_ = std::max<std::int64_t>(1, std::min(rows, this->rows()) / 2);
}

bool BatchSizer::smaller_is_faster(std::int64_t rows) const {
  const bool hardly = cost_.per_row() * static_cast<double>(rows) < small_share * cost_.fixed();
  return rows > 1 && !(fixed_part_rules_ && hardly);
}

std::chrono::microseconds BatchSizer::expected(std::int64_t rows) const {
  const auto count = static_cast<double>(rows);
  const double time = fixed_part_rules_ ? cost_.fixed() + cost_.per_row() * count : microseconds_per_row_ * count;
  return std::chrono::microseconds(static_cast<std::int64_t>(time));
}

std::chrono::microseconds row_time_of(std::optional<std::chrono::milliseconds> lock_wait,
                                      std::chrono::milliseconds direct_patience) {
  const std::chrono::microseconds of_the_batch = std::chrono::microseconds(direct_patience) / 4;
  return lock_wait ? std::min(std::chrono::microseconds(*lock_wait) / 2, of_the_batch) : of_the_batch;
}

}  // namespace pgfill::work
