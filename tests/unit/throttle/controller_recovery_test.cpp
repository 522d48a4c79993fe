// How the throttle law comes back to full speed, and what no input makes it do.
#include <cmath>

#include "unit/throttle/controller_bench.h"

namespace pgfill::throttle {
namespace {

TEST(Controller, AfterPressureClearsNineTenthsOfTheSpeedAreBackWithinThirtySeconds) {
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

TEST(Controller, WhileSpeedComesBackItSaysAfterWhat) {
  Bench bench;
  bench.hold(110, seconds(10));
  const Decision decision = bench.hold(10, seconds(3));
  EXPECT_EQ(decision.severity, Severity::slow);
  EXPECT_EQ(decision.reasons.at(0).signal, "recovery");
  EXPECT_NE(decision.reasons[0].sentence.find("after: active sessions"), std::string::npos);
}

TEST(Controller, AtTheMostItMayDoNothingHoldsItBackAndACutBeginsThere) {
  Bench bench;
  bench.controller.set_most_effort(0.3, "others are at work");
  const Decision at_most = bench.hold(10, seconds(5));
  EXPECT_DOUBLE_EQ(at_most.effort, 0.3);
  EXPECT_EQ(at_most.severity, Severity::none);
  EXPECT_TRUE(at_most.reasons.empty());
  EXPECT_LT(bench.hold(140, seconds(6)).effort, 0.2);
  bench.controller.set_most_effort(1, "");
  EXPECT_GT(bench.hold(10, seconds(60)).effort, 0.99);
}

TEST(Controller, ALoadTheJobMakesItselfSettlesWithoutHunting) {
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

TEST(Controller, NoInputLeadsOutOfItsLimits) {
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

TEST(Controller, OldReadingsThatComeLateAreLeftOut) {
  Bench bench;
  bench.lag(0.1);
  bench.now -= period;
  bench.say("replica_lag", SignalKind::lag, 9, 1.5, "r2");
  EXPECT_TRUE(bench.controller.decide(bench.now + period).may_begin());
}

TEST(Controller, TheWorstReasonComesFirst) {
  Bench bench;
  bench.gauge(85);
  bench.lag(1.9);
  const Decision decision = bench.guardrail(101);
  ASSERT_EQ(decision.reasons.size(), 3U);
  EXPECT_EQ(decision.reasons[0].signal, "xid_age");
  EXPECT_EQ(decision.reasons[1].signal, "replica_lag");
  EXPECT_EQ(decision.reasons[2].signal, "active_sessions");
}

}  // namespace
}  // namespace pgfill::throttle
