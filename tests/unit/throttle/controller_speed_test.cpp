// How fast the controller lets the job go: fed by hand, no clock, no server.
#include "throttle/controller.h"

#include <gtest/gtest.h>

#include <cmath>

#include "unit/throttle/controller_bench.h"

namespace pgfill::throttle {
namespace {

void expect_within_limits(const Decision& decision, const ControllerLimits& limits) {
  EXPECT_GE(decision.pace.batch_time, limits.shortest_batch);
  EXPECT_LE(decision.pace.batch_time, limits.longest_batch);
  EXPECT_GE(decision.pace.workers, 1);
  EXPECT_LE(decision.pace.workers, limits.most_workers);
  EXPECT_GE(decision.pace.sleep, microseconds(0));
  EXPECT_LE(decision.pace.sleep, limits.longest_sleep);
  EXPECT_GT(decision.effort, 0);
  EXPECT_LE(decision.effort, 1);
  EXPECT_EQ(decision.severity == Severity::none, decision.reasons.empty());
}

TEST(ControllerSpeed, WithoutSignalsItIsFullSpeed) {
  Bench bench;
  const Decision decision = bench.controller.decide(bench.now);
  EXPECT_EQ(decision.severity, Severity::none);
  EXPECT_EQ(decision.pace, (Pace{microseconds(25'000), 2, microseconds(0)}));
  EXPECT_TRUE(decision.reasons.empty());
}

TEST(ControllerSpeed, QuietGaugesLeaveFullSpeedAlone) {
  Bench bench;
  for (int i = 0; i < 200; ++i, bench.now += period) {
    EXPECT_EQ(bench.gauge(20 + i % 30).pace, (Pace{microseconds(25'000), 2, microseconds(0)}));
  }
}

TEST(ControllerSpeed, ABusyServerGetsShorterBatchesFirstThenFewerWorkersThenSleep) {
  Bench bench;
  Pace before = bench.gauge(100).pace;
  bool shorter = false, fewer = false, slept_alone = false;
  for (int i = 0; i < 120; ++i, bench.now += period) {
    const Pace pace = bench.gauge(110).pace;
    const bool whole_path = pace.workers == 2 && pace.sleep == microseconds(0);
    EXPECT_TRUE(whole_path || pace.batch_time == microseconds(2'000));
    if (pace.workers == 1 && pace.sleep > microseconds(0)) slept_alone = true;
    shorter = shorter || pace.batch_time < before.batch_time;
    fewer = fewer || pace.workers < before.workers;
    EXPECT_LE(pace.batch_time, before.batch_time);
    EXPECT_LE(pace.workers, before.workers);
    before = pace;
  }
  EXPECT_TRUE(shorter);
  EXPECT_TRUE(fewer);
  EXPECT_TRUE(slept_alone);
  EXPECT_EQ(before, (Pace{microseconds(2'000), 1, microseconds(200'000)}));
}

TEST(ControllerSpeed, BetweenTheZonesEffortIsHeld) {
  Bench bench;
  const double shed = bench.hold(105, seconds(3)).effort;
  bench.hold(89, seconds(5));
  const double held = bench.hold(89, seconds(1)).effort;
  EXPECT_LT(shed, 0.9);
  EXPECT_EQ(bench.hold(89, seconds(60)).effort, held);
}

TEST(ControllerSpeed, OneSpikeOfAGaugeIsNoReason) {
  Bench bench;
  for (int i = 0; i < 40; ++i, bench.now += period) {
    EXPECT_EQ(bench.gauge(i % 7 == 3 ? 5'000 : 30).severity, Severity::none);
  }
}

TEST(ControllerSpeed, AfterPressureClearsNineTenthsOfTheSpeedAreBackWithinThirtySeconds) {
  for (const int workers : {1, 2, 4, 64}) {
    ControllerLimits limits;
    limits.most_workers = workers;
    Bench bench(limits);
    bench.hold(150, seconds(120));
    const Decision slowest = bench.gauge(10);
    EXPECT_LT(slowest.effort, 0.01);
    const Decision back = bench.hold(10, seconds(30));
    EXPECT_GE(back.effort, 0.9) << workers;
    EXPECT_NE(slowest.severity, Severity::none);
  }
}

TEST(ControllerSpeed, WhileSpeedComesBackItSaysAfterWhat) {
  Bench bench;
  bench.hold(110, seconds(10));
  const Decision decision = bench.hold(10, seconds(3));
  EXPECT_EQ(decision.severity, Severity::slow);
  EXPECT_EQ(decision.reasons.at(0).signal, "recovery");
  EXPECT_NE(decision.reasons[0].sentence.find("after: active sessions"), std::string::npos);
}

TEST(ControllerSpeed, ALoadTheJobMakesItselfSettlesWithoutHunting) {
  for (const double strength : {1.2, 2.0, 5.0, 20.0}) {
    Bench bench;
    double effort = 1;  // none while it stops
    int changes = 0;
    double marked = 0;
    for (int i = 0; i < 240; ++i, bench.now += period) {
      const Decision decision = bench.gauge(100 * strength * effort);
      effort = decision.may_begin() ? decision.effort : 0;
      if (i < 60) marked = effort;
      if (effort > 2 * marked || effort < marked / 2) {
        ++changes;
        marked = effort;
      }
    }
    EXPECT_LE(changes, 1) << strength;
    EXPECT_LT(effort * strength, 1.0);
    EXPECT_GT(effort * strength, 0.5);
  }
}

TEST(ControllerSpeed, NoInputLeadsOutOfItsLimits) {
  const double values[] = {0, -1, 1e-300, 0.5, 1, 1e18, 1e308, infinite, -infinite, std::nan("")};
  ControllerLimits limits;
  limits.most_workers = 3;
  Bench bench(limits);
  for (const double value : values) {
    for (const double limit : values) {
      for (const milliseconds pause : {milliseconds(0), milliseconds(1), period, milliseconds(100'000'000)}) {
        bench.now += pause;
        expect_within_limits(bench.gauge(value, limit), limits);
        expect_within_limits(bench.lag(value, limit), limits);
        expect_within_limits(bench.guardrail(value, limit), limits);
      }
    }
  }
}

}  // namespace
}  // namespace pgfill::throttle
