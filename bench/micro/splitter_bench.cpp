// Cutting the key space into ranges: once for each job, from at most some thousand cuts.
#include <benchmark/benchmark.h>

#include <optional>
#include <string>
#include <vector>

#include "plan/splitter.h"

namespace {

void split(benchmark::State& state) {
  std::vector<pgfill::plan::Cut> cuts;
  const auto count = static_cast<int>(state.range(0));
  for (int i = 1; i < count; ++i) cuts.push_back({{std::to_string(i)}, static_cast<double>(i) / count});
  for (auto _ : state) benchmark::DoNotOptimize(pgfill::plan::split(cuts, 1000, std::nullopt));
}
BENCHMARK(split)->Arg(100)->Arg(10'000);

}  // namespace
