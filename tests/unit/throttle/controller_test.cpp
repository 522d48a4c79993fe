// The throttle law, fed by hand: no clock, no server.
#include "throttle/controller.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace pgfill::throttle {
namespace {

using async::TimePoint;
using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr milliseconds period{500};
constexpr double infinite = std::numeric_limits<double>::infinity();

/// A controller, the signals it hears, and the time.
struct Bench {
  explicit Bench(ControllerLimits limits = {}) : controller(limits) {}

  void say(const std::string& signal, SignalKind kind, std::optional<double> value, double limit,
           const std::string& subject = "") {
    Reading reading;
    reading.signal = signal;
    reading.subject = subject;
    reading.kind = kind;
    reading.value = value;
    reading.limit = limit;
    reading.unit = kind == SignalKind::lag ? Unit::seconds : Unit::count;
    reading.read_at = now;
    reading.max_age = 2 * period;
    controller.take(reading);
  }
  Decision gauge(std::optional<double> value, double limit = 100) {
    say("active_sessions", SignalKind::gauge, value, limit);
    return controller.decide(now);
  }
  Decision lag(std::optional<double> value, double limit = 1.5) {
    say("replica_lag", SignalKind::lag, value, limit, "r2");
    return controller.decide(now);
  }
  Decision guardrail(std::optional<double> value, double limit = 100) {
    say("xid_age", SignalKind::guardrail, value, limit);
    return controller.decide(now);
  }
  /// The gauge stays at `value` for this long.
  Decision hold(double value, seconds length) {
    Decision decision;
    for (const TimePoint until = now + length; now < until; now += period) decision = gauge(value);
    return decision;
  }

  Controller controller;
  TimePoint now = TimePoint(seconds(1000));
};

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
  EXPECT_EQ(still.reasons[0].sentence, "replica lag r2 800ms of 1.5s, not yet well under it");
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
  EXPECT_NE(decision.reasons.at(0).sentence.find("replica lag r2 1s of 1.5s, over it in "), std::string::npos)
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
  EXPECT_EQ(low.reasons.at(0).sentence, "disk free 3.1 GiB < 5 GiB");
  reading.value = 9.0 * 1024 * 1024 * 1024;
  controller.take(reading);
  EXPECT_TRUE(controller.decide(reading.read_at).may_begin());
}

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
