// The scheduler over scripted ranges: no database, no waiting longer than a retry's pause.
#include "schedule/scheduler.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "schedule/retry_policy.h"
#include "unit/schedule/scheduler_script.h"

namespace pgfill::schedule {
namespace {

TEST(Scheduler, WorkersThatCannotConnectDoNotKeepTheJobFromEnding) {
  Script script;
  script.free = {1, 2, 3};
  script.unreachable = {1, 2, 3};
  const auto begun = async::Clock::now();
  EXPECT_EQ(run(script, 4).ending.how, Ending::How::all_done);
  EXPECT_EQ(script.workers, std::set<int>{0});
  EXPECT_LT(async::Clock::now() - begun, outage_budget);
}

/// Worker 1 gets no session while worker 0 has work.
Script one_refused(FailureClass refusal) {
  Script script;
  script.free = {1, 2, 3};
  script.running_for = milliseconds(40);
  script.unreachable = {1};
  script.refusal = refusal;
  return script;
}

/// As when one worker more is tried after the password has changed.
TEST(Scheduler, AWorkerThatMayNotConnectEndsTheJobOnlyWhenNobodyWorks) {
  for (const FailureClass refusal : {FailureClass::stop, FailureClass::pause}) {
    Script script = one_refused(refusal);
    EXPECT_EQ(run(script, 2).ending.how, Ending::How::all_done);
    EXPECT_EQ(script.finished.size(), 3U);
    EXPECT_FALSE(script.retries.empty());
    script.free = {4};
    script.unreachable = {0, 1};
    EXPECT_EQ(run(script, 2).ending.how, Ending::How::failed);
  }
}

TEST(Scheduler, AWorkerThatIsRefusedForWhatConcernsAllEndsTheJob) {
  for (const FailureClass refusal : {FailureClass::alarm, FailureClass::fenced}) {
    Script script = one_refused(refusal);
    EXPECT_EQ(run(script, 2).ending.how, Ending::How::failed);
  }
}

TEST(Scheduler, SaysWhatItWaitsForWhenNoWorkerConnects) {
  Script script;
  script.free = {1};
  script.unreachable = {0};
  std::vector<std::string> said;
  const auto listen = [&](Scheduler& scheduler, throttle::Gate&) {
    script.on_answer = [&](int) {
      said.push_back(scheduler.waiting_for());
      if (said.size() == 3) script.unreachable.clear();
    };
  };
  const Ended end = run(script, 1, listen);
  EXPECT_EQ(end.ending.how, Ending::How::all_done);
  ASSERT_GE(said.size(), 3U);
  EXPECT_EQ(said[0], "");
  EXPECT_EQ(said[2], "no worker gets work, after 2 tries: scripted");
  EXPECT_EQ(end.waiting_for, "");
}

TEST(Scheduler, RunsEveryRangeOnceWithBoundedWorkers) {
  Script script;
  for (std::int64_t range = 1; range <= 50; ++range) script.free.push_back(range);
  EXPECT_EQ(run(script, 4).ending.how, Ending::How::all_done);
  std::sort(script.finished.begin(), script.finished.end());
  EXPECT_EQ(script.finished.size(), 50U);
  EXPECT_EQ(std::set<std::int64_t>(script.finished.begin(), script.finished.end()).size(), 50U);
  EXPECT_EQ(script.most_running, 4);
}

TEST(Scheduler, AJobWithoutRangesIsDone) {
  Script script;
  EXPECT_EQ(run(script, 3).ending.how, Ending::How::all_done);
}

TEST(Scheduler, TriesAFailedRangeAgainWithGrowingPauses) {
  Script script;
  script.free = {1, 2};
  script.failures[1] = {failure(FailureClass::retry), failure(FailureClass::retry), failure(FailureClass::retry)};
  const Ended end = run(script, 2);
  EXPECT_EQ(end.ending.how, Ending::How::all_done);
  EXPECT_EQ(script.finished.size(), 2U);
  ASSERT_EQ(script.retries.size(), 3U);
  EXPECT_GE(script.retries[2].delay, milliseconds(100));
  EXPECT_EQ(end.waiting_for, "");
}

TEST(Scheduler, ProgressSetsThePauseBack) {
  Script script;
  script.free = {1};
  script.failures[1] = {failure(FailureClass::retry), failure(FailureClass::retry), failure(FailureClass::retry, 5)};
  run(script, 1);
  ASSERT_EQ(script.retries.size(), 3U);
  EXPECT_LE(script.retries[2].delay, milliseconds(50));
}

TEST(Scheduler, ABatchThatWasCommittedThoughItsAnswerWasLostSetsThePauseBack) {
  Script script;
  script.free = {1};
  script.got_on = true;
  script.failures[1] = std::deque<RangeOutcome>(4, failure(FailureClass::retry));
  run(script, 1);
  ASSERT_EQ(script.retries.size(), 4U);
  for (const auto& retry : script.retries) EXPECT_LE(retry.delay, milliseconds(50));
}

TEST(Scheduler, GoesOnWhenThereIsWorkAgain) {
  Script script;
  script.free = {1};
  script.in_second_run = {2, 3};
  run(script, 2);
  EXPECT_EQ(script.finished.size(), 3U);
}

TEST(Scheduler, ARangeThatIsGivenBackWhileNothingIsFoundFreeIsNotLeftUndone) {
  Script script;
  script.free = {1};
  RangeOutcome given_back;
  given_back.end = RangeOutcome::End::given_back;
  script.failures[1] = {given_back};
  // Worker 0 asks while worker 1 has the only range, and is told so when that has given it back for good.
  script.connecting[0] = milliseconds(1);
  script.running_for = milliseconds(20);
  script.answering[0] = milliseconds(60);
  Scheduler* running = nullptr;
  script.on_run = [&running](std::int64_t) { running->set_workers(1); };
  run(script, 2, [&running](Scheduler& scheduler, auto&) { running = &scheduler; });
  EXPECT_EQ(script.workers.size(), 2U);
  EXPECT_EQ(script.finished.size(), 1U);
}

TEST(Scheduler, AWorkerThatMayNotWorkAnyMoreDoesNotKeepTheOthersWaiting) {
  Script script;
  script.unleased = {1};
  script.connecting[0] = milliseconds(1);
  script.answering[1] = milliseconds(60);
  Scheduler* running = nullptr;
  // Worker 0 finds nothing and waits for worker 1, whose lease fails.
  script.on_answer = [&running](int worker) {
    if (worker == 0) running->set_workers(1);
  };
  EXPECT_EQ(run(script, 2, [&running](Scheduler& scheduler, auto&) { running = &scheduler; }).ending.how,
            Ending::How::all_done);
}

TEST(Scheduler, ARangeThatFailsForGoodEndsTheJobAndIsNamed) {
  for (const FailureClass bad :
       {FailureClass::stop, FailureClass::shrink, FailureClass::pause, FailureClass::alarm, FailureClass::fenced}) {
    Script script;
    script.free = {7};
    script.failures[7] = {failure(bad)};
    const Ending ending = run(script, 2).ending;
    EXPECT_EQ(ending.how, Ending::How::failed);
    EXPECT_EQ(ending.range, 7);
    EXPECT_TRUE(script.finished.empty());
  }
}

TEST(Scheduler, StopLeavesTheRestAndIsNotDone) {
  Script script;
  for (std::int64_t range = 1; range <= 50; ++range) script.free.push_back(range);
  Scheduler* running = nullptr;
  script.on_run = [&running](std::int64_t range) {
    if (range == 5) running->stop();
  };
  const Ended end = run(script, 1, [&running](Scheduler& scheduler, auto&) { running = &scheduler; });
  EXPECT_EQ(end.ending.how, Ending::How::stopped);
  EXPECT_EQ(script.finished.size(), 5U);
}

TEST(Scheduler, AFailureWhileStoppingIsNotAFailure) {
  Script script;
  script.free = {1};
  script.failures[1] = {failure(FailureClass::stop)};
  Scheduler* running = nullptr;
  script.on_run = [&running](std::int64_t) { running->stop(); };
  const Ended end = run(script, 1, [&running](Scheduler& scheduler, auto&) { running = &scheduler; });
  EXPECT_EQ(end.ending.how, Ending::How::stopped);
}

TEST(Scheduler, NothingBeginsWhileTheGateIsClosed) {
  Script script;
  script.free = {1, 2, 3};
  script.on_run = [](std::int64_t) { ADD_FAILURE() << "a range began behind a closed gate"; };
  run(script, 2, [](Scheduler& scheduler, throttle::Gate& gate) {
    gate.close({WaitReason::Kind::control, "paused by a person"});
    scheduler.stop();
  });
  EXPECT_EQ(script.free.size(), 3U);
}

TEST(Scheduler, AnIdleWorkerAsksForAPartAndTakesIt) {
  Script script;
  script.free = {1};
  script.failures[1] = {failure(FailureClass::retry)};
  Scheduler* running = nullptr;
  bool asked = false;
  script.on_run = [&](std::int64_t range) {
    if (range != 1 || script.failures[1].size() == 1) return;
    asked = running->wants_split();
    script.free.push_back(2);
    running->range_added();
  };
  run(script, 2, [&running](Scheduler& scheduler, auto&) { running = &scheduler; });
  EXPECT_TRUE(asked);
  EXPECT_EQ(script.finished.size(), 2U);
  EXPECT_EQ(script.workers.size(), 2U);
}

}  // namespace
}  // namespace pgfill::schedule
