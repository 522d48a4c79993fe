// How many workers pay, on modelled servers of so many processors: no clock, no server.
#include "throttle/worker_search.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <random>
#include <vector>

namespace pgfill::throttle {
namespace {

constexpr double step_length = 0.05;  // seconds

/// A server, the search, and the time.
class Search {
 public:
  explicit Search(std::function<double(int)> rate) : rate_(std::move(rate)) {}

  void run(double seconds) {
    for (double at = 0; at < seconds; at += step_length) {
      noise_ += 0.05 * (deviation_(random_) - noise_);  // wanders over a second or two
      rows_ += rate_(search_.workers()) * (1 + noise_) * step_length;
      const int busy = std::min(search_.workers(), ranges);
      const WorkState now{static_cast<std::int64_t>(rows_), undisturbed, busy, std::chrono::milliseconds(25)};
      most = std::max(most, search_.workers());
      least = std::min(least, search_.workers());
      seconds_off += search_.workers() == kept_ ? 0 : step_length;
      if (!search_.step(now, step_length)) continue;
      kept_ = search_.workers();
      changes.push_back(search_.found());
    }
  }
  int workers() const { return search_.workers(); }
  int kept() const { return kept_; }

  bool undisturbed = true;
  int ranges = 100;
  int most = 0;
  int least = 100;
  double seconds_off = 0;
  std::vector<event::WorkersFound> changes;

 private:
  std::function<double(int)> rate_;
  WorkerSearch search_{2, 8};
  int kept_ = 2;
  double rows_ = 0;
  double noise_ = 0;
  std::mt19937_64 random_{17};
  std::normal_distribution<double> deviation_{0, 0.05};
};

/// Each worker keeps one processor busy, and gets in the way of the others a little.
std::function<double(int)> processors(int count) {
  return [count](int workers) { return 100'000.0 * std::min(workers, count) / (1 + 0.02 * workers); };
}

TEST(WorkerSearch, FindsAsManyWorkersAsThereAreProcessors) {
  for (const int count : {1, 2, 3, 4, 6, 8, 32}) {
    Search search(processors(count));
    search.run(200);
    EXPECT_EQ(search.kept(), std::min(count, 8)) << count;
    EXPECT_LE(search.most, 8);
  }
}

TEST(WorkerSearch, StaysWithWhatItHasFound) {
  Search search(processors(3));
  search.run(60);
  ASSERT_EQ(search.kept(), 3);
  search.changes.clear();
  search.seconds_off = 0;
  search.run(3600);
  EXPECT_TRUE(search.changes.empty());
  EXPECT_LT(search.seconds_off, 3600 * 0.02) << "trying costs time";
}

TEST(WorkerSearch, TellsWhatWasGained) {
  Search search(processors(3));
  search.run(60);
  ASSERT_EQ(search.changes.size(), 1U);
  EXPECT_EQ(search.changes[0].before, 2);
  EXPECT_EQ(search.changes[0].workers, 3);
  EXPECT_NEAR(search.changes[0].gain, 3 / 1.06 / (2 / 1.04) - 1, 0.05);
}

TEST(WorkerSearch, FollowsAServerThatGetsFaster) {
  int processors_now = 2;
  Search search([&](int workers) { return processors(processors_now)(workers); });
  search.run(60);
  ASSERT_EQ(search.kept(), 2);
  processors_now = 5;
  search.run(900);
  EXPECT_EQ(search.kept(), 5);
}

TEST(WorkerSearch, TriesNothingWhileSomethingHoldsTheJobBack) {
  Search search(processors(8));
  search.undisturbed = false;
  search.run(600);
  EXPECT_EQ(search.most, 2);
  EXPECT_EQ(search.least, 2);
}

TEST(WorkerSearch, GivesATrialUpWhenSomethingHoldsTheJobBack) {
  Search search(processors(8));
  while (search.workers() == 2) search.run(step_length);
  search.undisturbed = false;
  search.run(step_length);
  EXPECT_EQ(search.workers(), 2);
}

TEST(WorkerSearch, AsksForNoMoreWorkersThanThereAreRanges) {
  Search search(processors(8));
  search.ranges = 3;
  search.run(300);
  EXPECT_EQ(search.kept(), 3);
}

TEST(WorkerSearch, FindsNothingInAJobThatDoesNothing) {
  Search search([](int) { return 0.0; });
  search.run(600);
  EXPECT_EQ(search.kept(), 2);
}

}  // namespace
}  // namespace pgfill::throttle
