#include "cli/cadence.h"

#include <gtest/gtest.h>

namespace pgfill::cli {
namespace {

using namespace std::chrono_literals;

int lines_between(EasingCadence& cadence, std::chrono::milliseconds from, std::chrono::milliseconds to) {
  int lines = 0;
  for (auto at = from; at < to; at += 100ms) lines += cadence.due(at) ? 1 : 0;
  return lines;
}

TEST(EasingCadence, IsASecondThenFiveThenThirty) {
  EasingCadence cadence;
  EXPECT_EQ(lines_between(cadence, 0ms, 1min), 59);
  EXPECT_EQ(lines_between(cadence, 1min, 10min), 108);
  EXPECT_EQ(lines_between(cadence, 10min, 20min), 20);
}

TEST(EasingCadence, SaysNothingBeforeTheFirstInterval) {
  EasingCadence cadence;
  EXPECT_FALSE(cadence.due(0ms));
  EXPECT_FALSE(cadence.due(999ms));
  EXPECT_TRUE(cadence.due(1s));
  EXPECT_FALSE(cadence.due(1s));
}

TEST(EasingCadence, CatchesUpWithOneLineAfterASilence) {
  EasingCadence cadence;
  EXPECT_TRUE(cadence.due(50s));
  EXPECT_FALSE(cadence.due(50s + 100ms));
}

TEST(FrameLimit, LetsFourFramesASecondPass) {
  FrameLimit limit(250ms);
  int frames = 0;
  const auto begin = std::chrono::steady_clock::time_point{};
  for (auto at = 0ms; at < 2s; at += 10ms) frames += limit.due(begin + at) ? 1 : 0;
  EXPECT_EQ(frames, 8);
}

}  // namespace
}  // namespace pgfill::cli
