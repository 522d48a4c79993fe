#include "throttle/effort.h"

#include <algorithm>
#include <cmath>

namespace pgfill::throttle {
namespace {

constexpr double hold_from = 0.85;
constexpr double shed_from = 0.92;
/// A cut aims here, as if the whole pressure were the job's own; it is never deeper than a half.
constexpr double cut_to = 0.85;
constexpr double deepest_cut = 0.5;
/// Until a cut shows in averaged readings; before, another one would be for the same pressure.
constexpr double seconds_to_show = 1.5;
/// Growth a second when nothing presses, as an exponent: from one hundredth to full in about ten seconds.
constexpr double fastest_growth = 0.45;
constexpr double kept_after_a_stop = 0.6;
/// Near the effort that failed, growth is this much slower for this long.
constexpr double caution = 0.15;
constexpr double cautious_seconds = 12;
constexpr double near_below = 0.75;
constexpr double near_above = 1.15;
/// A process that was stopped for longer has not learnt anything in that time.
constexpr double longest_step = 1.0;

}  // namespace

double Effort::growth_rate(double pressure) const {
  const double rate = fastest_growth * (1 - pressure / hold_from);
  const bool near_failure = value_ > failed_at_ * near_below && value_ < failed_at_ * near_above;
  return since_failed_ < cautious_seconds && near_failure ? rate * caution : rate;
}

void Effort::step(double pressure, double seconds) {
  const double time = std::clamp(seconds, 0.0, longest_step);
  since_failed_ += time;
  since_cut_ += time;
  if (pressure < hold_from) {
    value_ = std::min(most_, value_ * std::exp(growth_rate(pressure) * time));
  } else if (pressure > shed_from) {
    if (since_cut_ < seconds_to_show) return;
    failed_at_ = value_;
    since_failed_ = since_cut_ = 0;
    value_ = std::max(least_, value_ * std::max(deepest_cut, cut_to / pressure));
  }
}

void Effort::hit_limit() {
  failed_at_ = value_;
  since_failed_ = since_cut_ = 0;
  value_ = std::max(least_, value_ * kept_after_a_stop);
}

void Effort::set_least(double least) {
  least_ = least;
  most_ = std::max(least_, most_);
  value_ = std::max(least_, value_);
}

void Effort::set_most(double most) {
  most_ = std::clamp(most, least_, 1.0);
  value_ = std::min(most_, value_);
}

}  // namespace pgfill::throttle
