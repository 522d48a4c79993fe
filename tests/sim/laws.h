// Throttle laws to compare: what others do, and what the engine does. All of them stop at a lag over its limit in the
// same way, and all but the fixed sleep spend their effort in the same order; they differ in how they steer by gauges.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "sim/plant.h"
#include "throttle/controller.h"

namespace pgfill::sim {

struct Order {
  throttle::Pace pace;
  bool may_begin = true;
  double effort = 1;
};

class Law {
 public:
  virtual ~Law() = default;
  virtual std::string name() const = 0;
  /// A sample has been read.
  virtual Order decide(const std::vector<throttle::Reading>& readings, async::TimePoint now) = 0;
};

/// Fixed sleep, AIMD, zones (Spirit), PI, gradient, and last the controller of the engine.
std::vector<std::unique_ptr<Law>> all_laws(const throttle::ControllerLimits& limits);
std::unique_ptr<Law> engine_law(const throttle::ControllerLimits& limits);

/// One run of a law in an environment.
struct Score {
  double rows = 0;                ///< relative to what full speed does in the same environment
  double over = 0;                ///< share of the time in which the job pushes something over its limit
  double latency = 0;             ///< of the application, relative to a server without the job: mean
  double changes_per_minute = 0;  ///< of the rate, averaged over two seconds, by more than a factor of two
};

/// Counted from second `from` to second `until`. Null: full speed throughout.
Score run_law(Law* law, const Environment& environment, std::uint64_t seed, double until, double from = 0);

}  // namespace pgfill::sim
