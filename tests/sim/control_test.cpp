// The throttle law in many modelled environments: it does not hunt, comes back after pressure, and leaves an idle
// server's speed alone. How it compares with other laws: bench/README.md.
#include <gtest/gtest.h>

#include "sim/laws.h"

namespace pgfill::sim {
namespace {

constexpr std::uint64_t environments = 500;

Score score_of(const Environment& environment, std::uint64_t seed, double until, double from) {
  throttle::ControllerLimits limits;
  limits.most_workers = environment.workers;
  return run_law(engine_law(limits).get(), environment, seed, until, from);
}

/// One whose only change is the noise of its sensors.
Environment steady(std::uint64_t seed) {
  Environment environment = environment_of(seed);
  environment.load = {environment.load.back()};
  environment.stalls = 0;
  environment.wander = 0.05;
  return environment;
}

TEST(Control, InASteadyEnvironmentSpeedChangesByMoreThanTwoAtMostSixTimesAMinute) {
  for (std::uint64_t seed = 1; seed <= environments; ++seed) {
    const Score score = score_of(steady(seed), seed, 300, 60);
    EXPECT_LE(score.changes_per_minute, 6) << "environment " << seed;
  }
}

TEST(Control, ThirtySecondsAfterPressureSpeedIsWhatItWouldHaveBeenWithout) {
  for (std::uint64_t seed = 1; seed <= environments; ++seed) {
    Environment quiet = steady(seed);
    quiet.load = {0};
    quiet.drain = quiet.wal_limit = 100;
    Environment pressed = quiet;
    pressed.load = {1.1, 1.1, 1.1, 1.1, 1.1, 1.1, 0};
    const double without = score_of(quiet, seed, 120, 90).rows;
    // Where the job alone fills a limit, speed wanders a little below it, with pressure before or without.
    const double wanted = without > 0.95 ? 0.9 : 0.7 * without;
    EXPECT_GE(score_of(pressed, seed, 120, 90).rows, wanted) << "environment " << seed;
  }
}

TEST(Control, OnAServerWithNobodyElseSpeedIsWithinFivePercentOfUnthrottled) {
  for (std::uint64_t seed = 1; seed <= environments; ++seed) {
    Environment idle = steady(seed);
    idle.load = {0};
    idle.drain = idle.wal_limit = 100;
    idle.workers = 2;
    idle.strength = std::min(idle.strength, 0.35);
    idle.commit_limit = std::max(idle.commit_limit, 20e-3);
    EXPECT_GE(score_of(idle, seed, 60, 0).rows, 0.95) << "environment " << seed;
  }
}

TEST(Control, AJobPushesSomethingOverItsLimitForLittleOfTheTime) {
  double over = 0;
  for (std::uint64_t seed = 1; seed <= environments; ++seed) {
    over += score_of(environment_of(seed), seed, 180, 0).over / static_cast<double>(environments);
  }
  EXPECT_LT(over, 0.02);
}

}  // namespace
}  // namespace pgfill::sim
