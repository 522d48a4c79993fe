#include "throttle/effort.h"

#include <algorithm>
#include <cmath>

namespace pgfill::throttle {
namespace {

constexpr double hold_from = 0.7;
constexpr double shed_from = 0.9;
/// Growth a second when nothing presses, as an exponent: from one hundredth to full in about ten seconds.
constexpr double fastest_growth = 0.5;
/// Shedding a second at the limit, as an exponent: about a half.
constexpr double shed_at_limit = 0.7;
constexpr double fastest_shed = 2.0;
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
  const double room = 1 - pressure / hold_from;
  const double rate = fastest_growth * std::pow(room, 1.5);
  const bool near_failure = value_ > failed_at_ * near_below && value_ < failed_at_ * near_above;
  return since_failed_ < cautious_seconds && near_failure ? rate * caution : rate;
}

void Effort::step(double pressure, double seconds) {
  const double time = std::clamp(seconds, 0.0, longest_step);
  since_failed_ += time;
  if (pressure < hold_from) {
    value_ = std::min(1.0, value_ * std::exp(growth_rate(pressure) * time));
  } else if (pressure > shed_from) {
    if (since_failed_ > cautious_seconds) failed_at_ = value_;
    since_failed_ = 0;
    const double rate = std::min(fastest_shed, shed_at_limit * (pressure - shed_from) / (1 - shed_from));
    value_ = std::max(least_, value_ * std::exp(-rate * time));
  }
}

void Effort::hit_limit() {
  failed_at_ = value_;
  since_failed_ = 0;
  value_ = std::max(least_, value_ * kept_after_a_stop);
}

void Effort::set_least(double least) {
  least_ = least;
  value_ = std::max(least_, value_);
}

}  // namespace pgfill::throttle
