#include "throttle/worker_search.h"

#include <algorithm>
#include <utility>

namespace pgfill::throttle {
namespace {

constexpr double short_rest = 3;  // seconds
constexpr double first_long_rest = 30;
constexpr double longest_rest = 600;
/// Until another number of workers shows in the rate.
constexpr double settling = 0.5;
/// A worker that finds no range in this time has nothing to do.
constexpr double patience = 5;
constexpr double shortest_measurement = 2;
constexpr double batches_measured = 60;
/// One worker more has to do so much more; one fewer may do so much less. The gap between them keeps a number that was
/// found from being left for the noise of a measurement.
constexpr double worth_a_worker = 1.08;
constexpr double hardly_less = 0.97;

}  // namespace

WorkerSearch::WorkerSearch(int first, int most)
    : most_(most), kept_(first), rest_(short_rest), long_rest_(first_long_rest) {}

void WorkerSearch::begin(Phase phase) {
  phase_ = phase;
  tried_ = phase == Phase::trial ? direction_ : 0;
  measuring_ = false;
  passed_ = 0;
}

void WorkerSearch::rest(double seconds) {
  begin(Phase::rest);
  rest_ = seconds;
}

bool WorkerSearch::step(const WorkState& now, double seconds) {
  passed_ += seconds;
  const bool all_busy = now.busy >= workers();
  if (phase_ == Phase::rest) {
    if (!now.undisturbed) passed_ = 0;
    if (passed_ < rest_) return false;
    if (kept_ + direction_ < 1 || kept_ + direction_ > most_) direction_ = -direction_;
    begin(Phase::before);
  } else if (!now.undisturbed || (measuring_ && !all_busy) || (!measuring_ && passed_ > patience)) {
    rest(short_rest);
  } else if (!measuring_ && passed_ >= settling && all_busy) {
    measuring_ = true;
    passed_ = 0;
    rows_at_begin_ = now.rows;
  } else if (measuring_) {
    const double batch = std::chrono::duration<double>(now.batch_time).count();
    if (passed_ < std::max(shortest_measurement, batches_measured * batch)) return false;
    return measure(static_cast<double>(now.rows - rows_at_begin_) / passed_);
  }
  return false;
}

bool WorkerSearch::measure(double rate) {
  if (phase_ == Phase::after) return judge(rate);
  (phase_ == Phase::before ? before_ : trial_) = rate;
  begin(phase_ == Phase::before ? Phase::trial : Phase::after);
  return false;
}

bool WorkerSearch::judge(double after) {
  const double present = std::max(before_, after);
  const bool pays = present > 0 && trial_ >= present * (direction_ > 0 ? worth_a_worker : hardly_less);
  if (pays) {
    found_ = {kept_, kept_ + direction_, trial_ / ((before_ + after) / 2) - 1};
    kept_ += direction_;
    failed_ = 0;
    long_rest_ = first_long_rest;
    rest(short_rest);
    return true;
  }
  direction_ = -direction_;
  if (++failed_ < 2) {
    rest(short_rest);
  } else {
    failed_ = 0;
    rest(std::exchange(long_rest_, std::min(longest_rest, long_rest_ * 2)));
  }
  return false;
}

}  // namespace pgfill::throttle
