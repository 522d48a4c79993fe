// The sampler with real signals on a real session: what it makes of readings, failures, windows and lost connections.
#include "throttle/sampler.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "support/database.h"
#include "support/sessions.h"
#include "support/shared_cluster.h"
#include "support/signal_reader.h"
#include "throttle/make_signals.h"
#include "throttle/signals/custom_query.h"
#include "throttle/signals/time_window.h"

namespace pgfill::tests {
namespace {

using namespace std::chrono_literals;
using throttle::Decision;
using throttle::Sampler;
using throttle::Severity;

class SamplerOnServer : public testing::Test {
 protected:
  template <class S, class... Arguments>
  static std::vector<std::unique_ptr<throttle::Signal>> one(Arguments&&... arguments) {
    std::vector<std::unique_ptr<throttle::Signal>> signals;
    signals.push_back(std::make_unique<S>(std::forward<Arguments>(arguments)...));
    return signals;
  }
  static Decision decide(Sampler& sampler) { return sampler.decide(async::Clock::now()); }

  ScratchDatabase database_;
  Database db_{database_.conninfo()};
  SignalReader reader_{database_.conninfo()};
};

TEST_F(SamplerOnServer, NothingBeginsBeforeEverySignalHasBeenRead) {
  Sampler sampler({}, one<throttle::CustomQuery>(SqlSignal{"queue", "SELECT 0", 5, 1s}, "public"));
  EXPECT_FALSE(decide(sampler).may_begin());
  EXPECT_EQ(decide(sampler).reasons.front().sentence, "queue has not been read yet");
  reader_.sample(sampler);
  EXPECT_TRUE(decide(sampler).may_begin());
  EXPECT_EQ(decide(sampler).severity, Severity::none);
}

TEST_F(SamplerOnServer, EveryDefaultSignalIsQuietOnAnIdleServer) {
  db_.execute("CREATE TABLE items (id int PRIMARY KEY)");
  throttle::SignalContext context;
  context.job = "j";
  context.sessions = "pgfill:j/";
  context.table = static_cast<std::uint32_t>(db_.integer("SELECT 'items'::regclass::oid"));
  Sampler sampler({}, throttle::make_signals({}, context));
  const auto began = std::chrono::steady_clock::now();
  reader_.sample(sampler);
  const std::chrono::duration<double, std::milli> cost = std::chrono::steady_clock::now() - began;
  RecordProperty("first_sample_ms", std::to_string(cost.count()));
  const Decision decision = decide(sampler);
  EXPECT_TRUE(decision.may_begin()) << decision.reasons.front().sentence;
  EXPECT_FALSE(sampler.readings().empty());
  EXPECT_FALSE(sampler.replica_lag_bytes());
  EXPECT_TRUE(sampler.backends_in_the_way().empty());
}

TEST_F(SamplerOnServer, AFailingSignalStopsWithTheServersWordsUnlessAPersonIgnoresIt) {
  Sampler sampler({}, one<throttle::CustomQuery>(SqlSignal{"queue", "SELECT 1 FROM nowhere", 5, 1s}, "public"));
  reader_.sample(sampler);
  const Decision decision = decide(sampler);
  EXPECT_EQ(decision.severity, Severity::stop);
  EXPECT_EQ(decision.reasons.front().sentence, "queue unknown: relation \"nowhere\" does not exist");
  sampler.set_overrides({"queue"});
  EXPECT_TRUE(decide(sampler).may_begin());
}

TEST_F(SamplerOnServer, ALostConnectionIsThrownAndLeavesTheSignalUnknown) {
  Sampler sampler({}, one<throttle::CustomQuery>(SqlSignal{"queue", "SELECT 0", 5, 100ms}, "public"));
  reader_.sample(sampler);
  EXPECT_TRUE(decide(sampler).may_begin());
  end_sessions(db_, "pid = " + std::to_string(reader_.backend_pid()));
  // The reading may not be due yet: it is not stale either then.
  bool thrown = false;
  const auto until = std::chrono::steady_clock::now() + 10s;
  while (!thrown && std::chrono::steady_clock::now() < until) {
    try {
      reader_.sample(sampler);
    } catch (const postgres::Failure&) {
      thrown = true;
    }
  }
  EXPECT_TRUE(thrown);
  EXPECT_FALSE(decide(sampler).may_begin());
}

TEST_F(SamplerOnServer, ASignalIsReadNoOftenerThanItWants) {
  Sampler sampler({}, one<throttle::CustomQuery>(
                          SqlSignal{"queue", "SELECT extract(epoch FROM clock_timestamp())", 1e15, 1h}, "public"));
  reader_.sample(sampler);
  const double first = sampler.readings().front().value.value();
  for (int again = 0; again < 5; ++again) reader_.sample(sampler);
  EXPECT_EQ(sampler.readings().front().value, first);
}

TEST_F(SamplerOnServer, OutsideItsWindowTheJobGoesAsSlowlyAsItSays) {
  const std::chrono::minutes hour{60};
  // A window of a minute that began twelve hours ago is closed now, and stays so during the test.
  const auto minute = std::chrono::duration_cast<std::chrono::minutes>(
      std::chrono::seconds(db_.integer("SELECT extract(epoch FROM now())::bigint % 86400")));
  const std::chrono::minutes from = (minute + 12 * hour) % (24 * hour);
  TimeWindow window{{}, from, (from + std::chrono::minutes(1)) % (24 * hour), "UTC", 0};
  Sampler stopped({}, one<throttle::Window>(window));
  reader_.sample(stopped);
  EXPECT_EQ(decide(stopped).severity, Severity::stop);
  EXPECT_NE(decide(stopped).reasons.front().sentence.find("outside the window"), std::string::npos);
  window.outside = 20;
  Sampler slowed({}, one<throttle::Window>(window));
  reader_.sample(slowed);
  const Decision slow = decide(slowed);
  EXPECT_TRUE(slow.may_begin());
  EXPECT_EQ(slow.severity, Severity::slow);
  EXPECT_DOUBLE_EQ(slow.effort, 0.2);
  slowed.set_overrides({"window"});
  const Decision again = decide(slowed);
  ASSERT_EQ(again.reasons.size(), 1U);
  EXPECT_NE(again.reasons.front().sentence.find("speeding up again, at 20 %, after: outside the window"),
            std::string::npos)
      << again.reasons.front().sentence;
}

}  // namespace
}  // namespace pgfill::tests
