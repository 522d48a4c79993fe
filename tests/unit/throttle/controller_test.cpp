// What the throttle law answers to each kind of signal.
#include <cmath>

#include "unit/throttle/controller_bench.h"

namespace pgfill::throttle {
namespace {

TEST(Controller, WithoutSignalsItIsFullSpeed) {
  Bench bench;
  const Decision decision = bench.controller.decide(bench.now);
  EXPECT_EQ(decision.severity, Severity::none);
  EXPECT_EQ(decision.pace, (Pace{microseconds(25'000), 2, microseconds(0)}));
  EXPECT_TRUE(decision.reasons.empty());
}

TEST(Controller, QuietGaugesLeaveFullSpeedAlone) {
  Bench bench;
  for (int i = 0; i < 200; ++i, bench.now += period) {
    EXPECT_EQ(bench.gauge(20 + i % 30).pace, (Pace{microseconds(25'000), 2, microseconds(0)}));
  }
}

TEST(Controller, ABusyServerGetsShorterBatchesFirstThenFewerWorkersThenSleep) {
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

TEST(Controller, BetweenTheZonesEffortIsHeld) {
  Bench bench;
  const double shed = bench.hold(105, seconds(3)).effort;
  bench.hold(89, seconds(5));
  const double held = bench.hold(89, seconds(1)).effort;
  EXPECT_LT(shed, 0.9);
  EXPECT_EQ(bench.hold(89, seconds(60)).effort, held);
}

TEST(Controller, OneSpikeOfAGaugeIsNoReason) {
  Bench bench;
  for (int i = 0; i < 40; ++i, bench.now += period) {
    EXPECT_EQ(bench.gauge(i % 7 == 3 ? 5'000 : 30).severity, Severity::none);
  }
}

TEST(Controller, AGaugeThatStaysAtTwiceItsLimitStops) {
  Bench bench;
  const Decision decision = bench.hold(250, seconds(2));
  EXPECT_EQ(decision.severity, Severity::stop);
  EXPECT_FALSE(decision.may_begin());
  EXPECT_EQ(decision.reasons.at(0).sentence, "active sessions 250 > 100");
  EXPECT_EQ(bench.hold(120, seconds(2)).severity, Severity::stop);
  EXPECT_TRUE(bench.hold(95, seconds(2)).may_begin());
}

TEST(Controller, LagStopsAtOnceAndOpensAtHalfTheLimit) {
  Bench bench;
  EXPECT_TRUE(bench.lag(0.1).may_begin());
  bench.now += period;
  const TimePoint since = bench.now;
  const Decision over = bench.lag(1.9);
  EXPECT_EQ(over.severity, Severity::stop);
  ASSERT_EQ(over.reasons.size(), 1U);
  EXPECT_EQ(over.reasons[0].sentence, "replica lag r2 1.9s > 1.5s");
  bench.now += period;
  const Decision still = bench.lag(0.8);
  EXPECT_EQ(still.severity, Severity::stop);
  EXPECT_EQ(still.reasons[0].sentence, "replica lag r2 800ms (limit 1.5s), not yet well under it");
  EXPECT_EQ(still.reasons[0].since, since);
  bench.now += period;
  EXPECT_TRUE(bench.lag(0.7).may_begin());
}

TEST(Controller, ALagThatIsGoingToPassItsLimitSlowsTheJobBefore) {
  Bench bench;
  bench.lag(0.1);
  Decision decision;
  for (const double value : {0.2, 0.4, 0.6, 0.8, 1.0}) {
    bench.now += period;
    decision = bench.lag(value);
    EXPECT_TRUE(decision.may_begin());
  }
  EXPECT_EQ(decision.severity, Severity::slow);
  EXPECT_LT(decision.effort, 1);
  EXPECT_NE(decision.reasons.at(0).sentence.find("replica lag r2 1s (limit 1.5s), over it in "), std::string::npos)
      << decision.reasons[0].sentence;
}

TEST(Controller, ASteadyLagWellUnderItsLimitIsNoReason) {
  Bench bench;
  for (int i = 0; i < 100; ++i, bench.now += period) EXPECT_EQ(bench.lag(0.6).severity, Severity::none);
}

TEST(Controller, EachReplicaIsFollowedByItself) {
  Bench bench;
  bench.say("replica_lag", SignalKind::lag, 0.1, 1.5, "r1");
  bench.say("replica_lag", SignalKind::lag, 2.0, 1.5, "r2");
  const Decision decision = bench.controller.decide(bench.now);
  ASSERT_EQ(decision.reasons.size(), 1U);
  EXPECT_EQ(decision.reasons[0].sentence, "replica lag r2 2s > 1.5s");
  bench.controller.forget("replica_lag", "r2");
  EXPECT_TRUE(bench.controller.decide(bench.now).may_begin());
}

TEST(Controller, UnknownCountsAsOverAndSaysWhy) {
  for (const SignalKind kind : {SignalKind::gauge, SignalKind::lag, SignalKind::guardrail}) {
    Bench bench;
    bench.say("replica_lag", kind, std::nullopt, 1.5, "r2");
    const Decision decision = bench.controller.decide(bench.now);
    EXPECT_FALSE(decision.may_begin());
    EXPECT_EQ(decision.reasons.at(0).sentence, "replica lag r2 unknown: the sensor gives no value");
    EXPECT_EQ(decision.effort, 1) << "a failing sensor is no load";
  }
}

TEST(Controller, ValuesThatCannotBeAreUnknown) {
  for (const double value : {std::nan(""), infinite, -infinite, -1.0}) {
    Bench bench;
    EXPECT_EQ(bench.gauge(value).severity, Severity::stop) << value;
    EXPECT_EQ(bench.lag(value).severity, Severity::stop) << value;
    EXPECT_EQ(bench.guardrail(value).severity, Severity::guardrail) << value;
  }
  Bench bench;
  EXPECT_EQ(bench.gauge(1, std::nan("")).severity, Severity::stop);
  EXPECT_EQ(bench.controller.decide(bench.now).reasons.at(0).sentence,
            "active sessions unknown: its limit is not a number");
}

TEST(Controller, SilenceMakesAReadingUnknown) {
  Bench bench;
  EXPECT_EQ(bench.lag(0.1).valid_until, bench.now + 2 * period);
  EXPECT_TRUE(bench.controller.decide(bench.now + 2 * period).may_begin());
  bench.now += 2 * period + milliseconds(1);
  const Decision decision = bench.controller.decide(bench.now);
  EXPECT_EQ(decision.severity, Severity::stop);
  EXPECT_EQ(decision.reasons.at(0).sentence, "replica lag r2 unknown: no reading for 1.0s");
  EXPECT_TRUE(bench.lag(0.1).may_begin());
}

TEST(Controller, AnOverrideTakesTheWordFromASignalByName) {
  Bench bench;
  bench.controller.set_overrides({"replica_lag"});
  EXPECT_EQ(bench.lag(99).severity, Severity::none);
  EXPECT_EQ(bench.lag(std::nullopt).severity, Severity::none);
  EXPECT_EQ(bench.gauge(std::nullopt).severity, Severity::stop) << "the others keep theirs";
  bench.controller.set_overrides({});
  EXPECT_EQ(bench.controller.decide(bench.now).reasons.size(), 2U);
}

TEST(Controller, AForgottenSignalIsNotExpectedAnyMore) {
  Bench bench;
  bench.lag(std::nullopt);
  bench.controller.forget("replica_lag");
  EXPECT_EQ(bench.controller.decide(bench.now + seconds(100)).severity, Severity::none);
}

TEST(Controller, AGuardrailThatDoesNotClearEndsTheJob) {
  Bench bench;
  Decision decision = bench.guardrail(101);
  EXPECT_EQ(decision.severity, Severity::guardrail);
  for (int i = 0; i < 1199; ++i) {
    bench.now += period;
    decision = bench.guardrail(90);
    EXPECT_FALSE(decision.give_up);
  }
  bench.now += period;
  EXPECT_TRUE(bench.guardrail(90).give_up) << "90 is not well under 100";
}

TEST(Controller, AGuardrailThatClearsSetsItsPatienceBack) {
  Bench bench;
  for (int round = 0; round < 5; ++round) {
    for (int i = 0; i < 800; ++i, bench.now += period) EXPECT_FALSE(bench.guardrail(101).give_up);
    EXPECT_TRUE(bench.guardrail(79).may_begin());
  }
}

TEST(Controller, ALimitThatIsAFloorIsPassedFromAbove) {
  Reading reading;
  reading.signal = "disk_free";
  reading.kind = SignalKind::guardrail;
  reading.bad = Bad::below;
  reading.unit = Unit::bytes;
  reading.limit = 5.0 * 1024 * 1024 * 1024;
  reading.value = 3.1 * 1024 * 1024 * 1024;
  Controller controller{ControllerLimits{}};
  controller.take(reading);
  const Decision low = controller.decide(reading.read_at);
  EXPECT_EQ(low.severity, Severity::guardrail);
  EXPECT_EQ(low.reasons.at(0).sentence, "disk 3.1 GiB free < 5 GiB");
  reading.value = 9.0 * 1024 * 1024 * 1024;
  controller.take(reading);
  EXPECT_TRUE(controller.decide(reading.read_at).may_begin());
}

}  // namespace
}  // namespace pgfill::throttle
