#include "work/batch_cost.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace pgfill::work {
namespace {

/// Ten batches are remembered, roughly: what every batch costs drifts with the load of the server.
constexpr double kept = 0.9;
/// Sizes that differ by less than this share of their mean tell nothing beside the noise.
constexpr double least_spread = 0.02;
/// Times differ by this share at least, however well the last few fit.
constexpr double least_noise = 0.1;
constexpr double least_cost = 0.01;
/// A size is another one beyond this ratio.
constexpr double other_size = 1.5;

}  // namespace

void BatchCost::add(double rows, double elapsed) {
  weight_ = weight_ * kept + 1;
  rows_ = rows_ * kept + rows;
  time_ = time_ * kept + elapsed;
  rows_rows_ = rows_rows_ * kept + rows * rows;
  rows_time_ = rows_time_ * kept + rows * elapsed;
  time_time_ = time_time_ * kept + elapsed * elapsed;
}

/// Of rows; 0: they were all about the same.
double BatchCost::variance() const {
  if (weight_ == 0) return 0;
  const double found = rows_rows_ / weight_ - mean_rows() * mean_rows();
  const double least = least_spread * mean_rows();
  return found < least * least ? 0 : found;
}

double BatchCost::slope() const {
  return (rows_time_ / weight_ - mean_rows() * mean_time()) / variance();
}

/// Standard deviation of a batch's time around the line.
double BatchCost::noise() const {
  const double of_time = std::max(0.0, time_time_ / weight_ - mean_time() * mean_time());
  const double unexplained = std::max(0.0, of_time - slope() * slope() * variance());
  const double measured = std::sqrt(unexplained * weight_ / std::max(1.0, weight_ - 2));
  return std::max(measured, least_noise * mean_time());
}

double BatchCost::per_row() const {
  if (weight_ == 0) return 0;
  const double all = mean_time() / mean_rows();
  return variance() == 0 ? all : std::clamp(slope(), std::min(least_cost, all), all);
}

double BatchCost::most_per_row() const {
  if (variance() == 0) return per_row();
  return std::min(mean_time() / mean_rows(), per_row() + slope_error());
}

double BatchCost::least_per_row() const {
  if (variance() == 0) return per_row();
  return std::max(std::min(least_cost, per_row()), per_row() - slope_error());
}

double BatchCost::slope_error() const {
  return noise() / std::sqrt(weight_ * variance());
}

double BatchCost::fixed() const {
  return weight_ == 0 ? 0 : std::max(0.0, mean_time() - per_row() * mean_rows());
}

double BatchCost::fixed_error() const {
  if (variance() == 0) return std::numeric_limits<double>::infinity();
  return noise() * std::sqrt(1 / weight_ + mean_rows() * mean_rows() / (weight_ * variance()));
}

double BatchCost::expected(double rows) const {
  if (weight_ == 0) return 0;
  return std::max(mean_time(), fixed() + per_row() * rows);
}

bool BatchCost::differs(double rows) const {
  return weight_ == 0 || rows > mean_rows() * other_size || rows < mean_rows() / other_size;
}

}  // namespace pgfill::work
