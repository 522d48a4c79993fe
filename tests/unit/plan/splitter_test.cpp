// The splitter against a model: keys are small numbers here, so that the test can tell which range holds which key.
#include "plan/splitter.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <set>

namespace pgfill::plan {
namespace {

constexpr int key_space = 400;

Key key(int number) {
  return {std::to_string(number)};
}
int number(const Key& key) {
  return std::stoi(key.front());
}

/// Lower excluded, upper included.
bool holds(const KeyRange& range, int value) {
  return (!range.lower || value > number(*range.lower)) && (!range.upper || value <= number(*range.upper));
}

std::vector<Cut> random_cuts(std::mt19937& random, std::size_t count) {
  std::set<int> keys;
  std::multiset<double> shares;
  std::uniform_int_distribution<int> any_key(0, key_space - 1);
  std::uniform_real_distribution<double> any_share(0.001, 0.999);
  while (keys.size() < count) keys.insert(any_key(random));
  while (shares.size() < count) shares.insert(any_share(random));
  std::vector<Cut> cuts;
  auto share = shares.begin();
  for (const int value : keys) cuts.push_back({key(value), *share++});
  return cuts;
}

std::vector<Cut> even_cuts(int count) {
  std::vector<Cut> cuts;
  for (int i = 1; i <= count; ++i) cuts.push_back({key(i), static_cast<double>(i) / (count + 1)});
  return cuts;
}

double total_share(const std::vector<PlannedRange>& ranges) {
  double total = 0;
  for (const PlannedRange& range : ranges) total += range.share;
  return total;
}

struct Sample {
  std::vector<Cut> cuts;
  int wanted = 1;
  std::optional<Key> largest;
};

std::vector<Sample> samples() {
  std::mt19937 random(20240501);
  std::vector<Sample> samples;
  for (int i = 0; i < 400; ++i) {
    const std::size_t count = std::uniform_int_distribution<std::size_t>(0, 120)(random);
    Sample sample{random_cuts(random, count), std::uniform_int_distribution<int>(1, 60)(random), std::nullopt};
    if (i % 2 == 0) sample.largest = key(key_space);
    samples.push_back(std::move(sample));
  }
  return samples;
}

TEST(Splitter, EveryKeyLiesInExactlyOneRange) {
  for (const Sample& sample : samples()) {
    const std::vector<PlannedRange> ranges = split(sample.cuts, sample.wanted, sample.largest);
    for (int value = -1; value <= key_space + 1; ++value) {
      const auto holders = std::count_if(ranges.begin(), ranges.end(),
                                         [&](const PlannedRange& range) { return holds(range.keys, value); });
      const bool beyond = sample.largest && value > key_space;
      ASSERT_EQ(holders, beyond ? 0 : 1) << "key " << value << " of " << ranges.size() << " ranges";
    }
  }
}

TEST(Splitter, RangesComeInKeyOrderAndTouch) {
  for (const Sample& sample : samples()) {
    const std::vector<PlannedRange> ranges = split(sample.cuts, sample.wanted, sample.largest);
    ASSERT_FALSE(ranges.empty());
    EXPECT_FALSE(ranges.front().keys.lower.has_value());
    EXPECT_EQ(ranges.back().keys.upper, sample.largest);
    for (std::size_t i = 1; i < ranges.size(); ++i) ASSERT_EQ(ranges[i].keys.lower, ranges[i - 1].keys.upper);
  }
}

TEST(Splitter, NoMoreRangesThanWantedAndSharesAddUpToOne) {
  for (const Sample& sample : samples()) {
    const std::vector<PlannedRange> ranges = split(sample.cuts, sample.wanted, sample.largest);
    ASSERT_LE(ranges.size(), static_cast<std::size_t>(sample.wanted));
    ASSERT_NEAR(total_share(ranges), 1.0, 1e-9);
    for (const PlannedRange& range : ranges) ASSERT_GE(range.share, 0.0);
  }
}

TEST(Splitter, SharesAreThoseOfTheCuts) {
  for (const Sample& sample : samples()) {
    double below = 0;
    for (const PlannedRange& range : split(sample.cuts, sample.wanted, sample.largest)) {
      below += range.share;
      if (!range.keys.upper || range.keys.upper == sample.largest) continue;
      const auto cut = std::find_if(sample.cuts.begin(), sample.cuts.end(),
                                    [&](const Cut& candidate) { return candidate.key == *range.keys.upper; });
      ASSERT_NE(cut, sample.cuts.end());
      ASSERT_NEAR(below, cut->below, 1e-9);
    }
  }
}

TEST(Splitter, PlentifulEvenCutsGiveTheWantedNumberOfEvenRanges) {
  for (int wanted = 1; wanted <= 100; ++wanted) {
    const std::vector<PlannedRange> ranges = split(even_cuts(1999), wanted, std::nullopt);
    ASSERT_EQ(ranges.size(), static_cast<std::size_t>(wanted));
    for (const PlannedRange& range : ranges) ASSERT_NEAR(range.share, 1.0 / wanted, 1.0 / 1999);
  }
}

TEST(Splitter, FewCutsAreAllUsed) {
  const std::vector<PlannedRange> ranges = split(even_cuts(9), 100, std::nullopt);
  ASSERT_EQ(ranges.size(), 10U);
  for (const PlannedRange& range : ranges) EXPECT_NEAR(range.share, 0.1, 1e-9);
}

TEST(Splitter, WithoutCutsOneRangeHoldsEverything) {
  const std::vector<PlannedRange> open = split({}, 100, std::nullopt);
  ASSERT_EQ(open.size(), 1U);
  EXPECT_FALSE(open[0].keys.lower || open[0].keys.upper);
  const std::vector<PlannedRange> bounded = split({}, 100, key(7));
  ASSERT_EQ(bounded.size(), 1U);
  EXPECT_EQ(bounded[0].keys.upper, key(7));
  EXPECT_EQ(bounded[0].share, 1.0);
}

TEST(Splitter, ACompositeKeyIsCarriedWhole) {
  const std::vector<Cut> cuts{{{"7", "2024-01-01"}, 0.5}};
  const std::vector<PlannedRange> ranges = split(cuts, 2, std::nullopt);
  ASSERT_EQ(ranges.size(), 2U);
  EXPECT_EQ(*ranges[0].keys.upper, (Key{"7", "2024-01-01"}));
}

TEST(Splitter, PagesAreCutIntoEqualPartsAndWhatComesAfterThem) {
  const std::vector<PlannedRange> ranges = split_pages(10, 4);
  ASSERT_EQ(ranges.size(), 5U);
  EXPECT_FALSE(ranges.front().keys.lower);
  EXPECT_FALSE(ranges.back().keys.upper);
  double shares = 0;
  std::optional<Key> end;
  for (const PlannedRange& range : ranges) {
    EXPECT_EQ(range.keys.lower, end);
    end = range.keys.upper;
    shares += range.share;
  }
  EXPECT_DOUBLE_EQ(shares, 1);
  EXPECT_EQ(ranges[0].keys.upper, (Key{"(2,0)"}));
  EXPECT_EQ(ranges[4].keys.lower, (Key{"(10,0)"}));
}

TEST(Splitter, FewPagesMakeFewRanges) {
  EXPECT_EQ(split_pages(2, 20).size(), 3U);
  const std::vector<PlannedRange> of_none = split_pages(0, 1);
  ASSERT_EQ(of_none.size(), 1U);
  EXPECT_FALSE(of_none[0].keys.lower || of_none[0].keys.upper);
  EXPECT_EQ(of_none[0].share, 1.0);
}

TEST(Splitter, RangesAreWantedByTableSize) {
  EXPECT_EQ(wanted_ranges(0, 1), 1);
  EXPECT_EQ(wanted_ranges(-5, 1), 1);
  EXPECT_EQ(wanted_ranges(50'000, 1), 1);
  EXPECT_EQ(wanted_ranges(50'001, 1), 2);
  EXPECT_EQ(wanted_ranges(5'000'000, 1), 100);
  EXPECT_EQ(wanted_ranges(1'000'000'000'000, 1), 1'000);
  EXPECT_EQ(wanted_ranges(5'000'000, 8), 25);
}

}  // namespace
}  // namespace pgfill::plan
