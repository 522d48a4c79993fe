// Cutting the key space into ranges: once for each job, from at most some thousand cuts.
#include <algorithm>
#include <cmath>
#include <optional>
#include <string>
#include <vector>

#include "micro/answers.h"
#include "plan/splitter.h"

namespace {

using pgfill::plan::Cut;

constexpr int wanted = 1000;

std::vector<Cut> even_cuts(int count) {
  std::vector<Cut> cuts;
  for (int i = 1; i < count; ++i) cuts.push_back({{std::to_string(i)}, static_cast<double>(i) / count});
  return cuts;
}

/// Each begins where the one before it ends.
bool tile(const std::vector<pgfill::PlannedRange>& ranges) {
  bool right = !ranges.empty() && !ranges.front().keys.lower && !ranges.back().keys.upper;
  double share = ranges.empty() ? 0 : ranges.front().share;
  for (std::size_t i = 1; i < ranges.size(); ++i) {
    right = right && ranges[i].keys.lower && ranges[i].keys.lower == ranges[i - 1].keys.upper;
    share += ranges[i].share;
  }
  return right && std::abs(share - 1) < 1e-9;
}

void split(benchmark::State& state) {
  const auto count = static_cast<int>(state.range(0));
  const std::vector<Cut> cuts = even_cuts(count);
  std::vector<pgfill::PlannedRange> ranges;
  for (auto _ : state) benchmark::DoNotOptimize(ranges = pgfill::plan::split(cuts, wanted, std::nullopt));
  pgfill::bench::require(state, ranges.size() == static_cast<std::size_t>(std::min(count, wanted)),
                         "there are more or fewer ranges than the cuts allow");
  pgfill::bench::require(state, tile(ranges), "the ranges do not tile the key space");
}
BENCHMARK(split)->Arg(100)->Arg(10'000);

}  // namespace
