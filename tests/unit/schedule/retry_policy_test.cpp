// When a failed range is tried again.
#include "schedule/retry_policy.h"

#include <gtest/gtest.h>

namespace pgfill::schedule {
namespace {

using std::chrono::milliseconds;

TEST(RetryPolicy, RetriesOnlyWhatTryingAgainCanHelp) {
  EXPECT_TRUE(worth_retrying(FailureClass::retry));
  EXPECT_TRUE(worth_retrying(FailureClass::reconnect));
  for (const FailureClass failure :
       {FailureClass::shrink, FailureClass::pause, FailureClass::stop, FailureClass::alarm, FailureClass::fenced}) {
    EXPECT_FALSE(worth_retrying(failure));
  }
}

TEST(RetryPolicy, AnInternalErrorThatComesBackIsNotTriedForEver) {
  EXPECT_FALSE(tried_enough(FailureClass::passing, 7));
  EXPECT_TRUE(tried_enough(FailureClass::passing, 8));
  EXPECT_FALSE(tried_enough(FailureClass::retry, 1000));
}

TEST(RetryPolicy, GrowsFromTheFirstPauseToTheLongestAndNeverVanishes) {
  EXPECT_EQ(retry_delay(FailureClass::retry, 1, 0), milliseconds(25));
  EXPECT_EQ(retry_delay(FailureClass::reconnect, 1, 0), milliseconds(100));
  for (const double random : {-1.0, 0.0, 0.5, 0.999, 7.0}) {
    milliseconds before{0};
    for (int attempt = 1; attempt < 200; ++attempt) {
      const milliseconds delay = retry_delay(FailureClass::retry, attempt, random);
      EXPECT_GE(delay, before);
      EXPECT_GE(delay, milliseconds(25));
      EXPECT_LE(delay, milliseconds(5000));
      before = delay;
    }
  }
}

TEST(RetryPolicy, WhatIsTooSlowAloneIsNotTriedForEver) {
  SlowTries tries;
  for (int attempt = 1; attempt < most_slow_tries; ++attempt) EXPECT_FALSE(tries.failed(FailureClass::slow, false));
  EXPECT_FALSE(tries.failed(FailureClass::slow, true)) << "it got on in between";
  for (int attempt = 2; attempt < most_slow_tries; ++attempt) {
    EXPECT_FALSE(tries.failed(FailureClass::slow, false));
    EXPECT_FALSE(tries.failed(FailureClass::reconnect, false)) << "an outage is counted elsewhere";
  }
  EXPECT_TRUE(tries.failed(FailureClass::slow, false));
}

}  // namespace
}  // namespace pgfill::schedule
