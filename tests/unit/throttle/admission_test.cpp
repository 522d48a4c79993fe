// Batches are let in at the pace that was set: no more at once, the last of them with sleep in between.
#include "throttle/admission.h"

#include <gtest/gtest.h>

#include <boost/asio/this_coro.hpp>

#include "async/run_to_end.h"
#include "async/task_group.h"

namespace pgfill::throttle {
namespace {

using async::Task;
using std::chrono::microseconds;
using std::chrono::milliseconds;

constexpr async::TimePoint for_ever = async::TimePoint::max();

struct Seen {
  int most_at_once = 0;
  int batches = 0;
  async::Clock::duration took{0};
};

Task<void> work(Admission& admission, int worker, int batches, Seen& seen) {
  for (int i = 0; i < batches; ++i) {
    if (!co_await admission.begin_batch(worker)) co_return;
    seen.most_at_once = std::max(seen.most_at_once, admission.running());
    ++seen.batches;
    co_await async::sleep_for(milliseconds(1));
  }
  admission.end_batch(worker);
}

/// So many workers with five batches each, under a pace.
Task<Seen> work_all(int workers, Pace pace) {
  const auto executor = co_await boost::asio::this_coro::executor;
  Gate gate(executor);
  Admission admission(gate, pace, [] { return false; });
  async::TaskGroup group(executor);
  Seen seen;
  const async::TimePoint begun = async::Clock::now();
  for (int worker = 0; worker < workers; ++worker) group.spawn(work(admission, worker, 5, seen));
  co_await group.join();
  seen.took = async::Clock::now() - begun;
  co_return seen;
}

TEST(Admission, LetsInAsManyAsThePaceSaysAndEverybodyGetsThrough) {
  const Seen seen = async::run_to_end(work_all(4, Pace{microseconds(1000), 2, microseconds(0)}));
  EXPECT_EQ(seen.most_at_once, 2);
  EXPECT_EQ(seen.batches, 20);
}

TEST(Admission, TheLastWorkerSleepsAfterItsBatches) {
  const Seen seen = async::run_to_end(work_all(1, Pace{microseconds(1000), 1, microseconds(20'000)}));
  EXPECT_GE(seen.took, milliseconds(4 * 20));
}

TEST(Admission, TheOthersDoNotSleep) {
  const Seen seen = async::run_to_end(work_all(1, Pace{microseconds(1000), 2, microseconds(5'000'000)}));
  EXPECT_LT(seen.took, milliseconds(5000));
}

/// What a worker is told under a gate, a decision and a stop.
struct Told {
  bool let_in = false;
  bool while_closed = false;
};

Task<void> ask(Admission& admission, Told& told) {
  told.let_in = co_await admission.begin_batch(0);
}

Task<Told> ask_behind_a_closed_gate(bool stop) {
  const auto executor = co_await boost::asio::this_coro::executor;
  Gate gate(executor);
  bool stopping = false;
  Admission admission(gate, Pace{microseconds(1000), 1, microseconds(0)}, [&stopping] { return stopping; });
  gate.close({WaitReason::Kind::control, "paused by a person"});
  async::TaskGroup group(executor);
  Told told;
  group.spawn(ask(admission, told));
  told.while_closed = admission.running() > 0;
  stopping = stop;
  if (stop) gate.wake();
  gate.open(WaitReason::Kind::control);
  co_await group.join();
  co_return told;
}

TEST(Admission, NothingBeginsWhileTheGateIsClosed) {
  const Told told = async::run_to_end(ask_behind_a_closed_gate(false));
  EXPECT_FALSE(told.while_closed);
  EXPECT_TRUE(told.let_in);
}

TEST(Admission, AStopSendsTheWaitingAway) {
  EXPECT_FALSE(async::run_to_end(ask_behind_a_closed_gate(true)).let_in);
}

Task<Told> ask_after_a_long_sleep() {
  const auto executor = co_await boost::asio::this_coro::executor;
  Gate gate(executor);
  const Pace pace{microseconds(1000), 1, microseconds(0)};
  Admission admission(gate, pace, [] { return false; });
  admission.set(pace, async::Clock::now() - milliseconds(1));
  async::TaskGroup group(executor);
  Told told;
  group.spawn(ask(admission, told));
  told.while_closed = admission.running() > 0;
  admission.set(pace, for_ever);
  co_await group.join();
  co_return told;
}

TEST(Admission, ADecisionThatIsTooOldLetsNothingIn) {
  const Told told = async::run_to_end(ask_after_a_long_sleep());
  EXPECT_FALSE(told.while_closed);
  EXPECT_TRUE(told.let_in);
}

}  // namespace
}  // namespace pgfill::throttle
