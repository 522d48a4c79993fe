// Prints how throttle laws compare in the same modelled environments: pgfill_bench_control [ENVIRONMENTS]
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "sim/laws.h"

namespace pgfill::sim {
namespace {

constexpr double run_seconds = 180;

struct Sum {
  std::string name;
  std::vector<Score> scores;

  double mean(double Score::*figure) const {
    double sum = 0;
    for (const Score& score : scores) sum += score.*figure;
    return sum / static_cast<double>(scores.size());
  }
  double percentile(double Score::*figure, double share) const {
    std::vector<double> values;
    for (const Score& score : scores) values.push_back(score.*figure);
    std::sort(values.begin(), values.end());
    return values[static_cast<std::size_t>(share * static_cast<double>(values.size() - 1))];
  }
};

void print(const Sum& sum) {
  std::printf("| %-18s | %4.0f %% | %5.2f %% | %5.2f %% | %5.1f | %5.1f | %4.1f | %4.1f |\n", sum.name.c_str(),
              100 * sum.mean(&Score::rows), 100 * sum.mean(&Score::over), 100 * sum.percentile(&Score::over, 0.95),
              sum.mean(&Score::latency), sum.percentile(&Score::latency, 0.95), sum.mean(&Score::changes_per_minute),
              sum.percentile(&Score::changes_per_minute, 0.95));
}

void compare(std::uint64_t environments) {
  std::vector<Sum> sums(7);
  for (std::uint64_t seed = 1; seed <= environments; ++seed) {
    const Environment environment = environment_of(seed);
    throttle::ControllerLimits limits;
    limits.most_workers = environment.workers;
    sums[0].name = "none";
    sums[0].scores.push_back(run_law(nullptr, environment, seed, run_seconds));
    std::size_t number = 0;
    for (const auto& law : all_laws(limits)) {
      sums[++number].name = law->name();
      sums[number].scores.push_back(run_law(law.get(), environment, seed, run_seconds));
    }
  }
  std::printf("%llu environments of %.0f s; rows relative to no throttling\n",
              static_cast<unsigned long long>(environments), run_seconds);
  std::printf("| law | rows | time over a limit | p95 | latency index | p95 | changes a minute | p95 |\n");
  std::printf("|---|---|---|---|---|---|---|---|\n");
  for (const Sum& sum : sums) print(sum);
}

}  // namespace
}  // namespace pgfill::sim

int main(int argc, char** argv) {
  pgfill::sim::compare(argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 1000);
}
