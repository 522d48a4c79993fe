#include "throttle/pace.h"

#include <algorithm>
#include <cmath>

namespace pgfill::throttle {
namespace {

/// What a transaction costs besides its rows, on the machines we know; only shapes the curve.
constexpr double overhead_us = 1000;

double shortest_us(const ControllerLimits& limits) {
  return static_cast<double>(
      std::clamp(limits.shortest_batch, std::chrono::microseconds(1), limits.longest_batch).count());
}

double longest_us(const ControllerLimits& limits) {
  return static_cast<double>(std::max<std::int64_t>(1, limits.longest_batch.count()));
}

/// The rate with the shortest batches relative to that with the longest.
double share_of_shortest(const ControllerLimits& limits) {
  const double shortest = shortest_us(limits);
  const double longest = longest_us(limits);
  return shortest / (shortest + overhead_us) / (longest / (longest + overhead_us));
}

double most_workers(const ControllerLimits& limits) {
  return std::max(1, limits.most_workers);
}

std::chrono::microseconds microseconds(double count) {
  return std::chrono::microseconds(static_cast<std::int64_t>(std::llround(count)));
}

}  // namespace

double courteous_effort(const ControllerLimits& limits) {
  return share_of_shortest(limits) / most_workers(limits);
}

double least_effort(const ControllerLimits& limits) {
  const double sleep = static_cast<double>(std::max<std::int64_t>(0, limits.longest_sleep.count()));
  const double shortest = shortest_us(limits);
  return courteous_effort(limits) * (shortest / (shortest + sleep));
}

Pace pace_for(double effort, const ControllerLimits& limits) {
  const double allowed = std::isnan(effort) ? 0 : std::clamp(effort, least_effort(limits), 1.0);
  const double with_shortest = share_of_shortest(limits);
  const double shortest = shortest_us(limits);
  Pace pace;
  pace.workers = static_cast<int>(most_workers(limits));
  if (allowed >= with_shortest) {
    const double down = with_shortest < 1 ? (1 - allowed) / (1 - with_shortest) : 0;
    pace.batch_time = microseconds(longest_us(limits) * std::pow(shortest / longest_us(limits), down));
    return pace;
  }
  pace.batch_time = microseconds(shortest);
  const double concurrency = allowed / with_shortest * most_workers(limits);
  pace.workers = std::clamp(static_cast<int>(std::ceil(concurrency)), 1, pace.workers);
  const double duty = concurrency - (pace.workers - 1);
  const double longest_sleep = static_cast<double>(std::max<std::int64_t>(0, limits.longest_sleep.count()));
  const double sleep = duty > 0 ? shortest * (1 / duty - 1) : longest_sleep;
  pace.sleep = microseconds(std::clamp(sleep, 0.0, longest_sleep));
  return pace;
}

}  // namespace pgfill::throttle
