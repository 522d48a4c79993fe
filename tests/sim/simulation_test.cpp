// Jobs under faults in virtual time: each seed is a scenario. PGFILL_SEEDS asks for more seeds, PGFILL_SEED for one.
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <iostream>

#include "sim/scenario.h"

namespace pgfill::sim {
namespace {

std::uint64_t environment(const char* name, std::uint64_t otherwise) {
  const char* value = std::getenv(name);
  return value == nullptr ? otherwise : std::strtoull(value, nullptr, 10);
}

/// Runs a seed; a violated one is shrunk and printed.
bool holds(std::uint64_t seed, Verdict* result = nullptr) {
  const Scenario scenario = scenario_of(seed);
  const Verdict verdict = simulate(scenario);
  if (result != nullptr) *result = verdict;
  if (verdict.violations.empty()) return true;
  ADD_FAILURE() << verdict.violations.front() << "\nreplay with PGFILL_SEED=" << seed << "; " << describe(scenario)
                << "\nshrunk to " << describe(shrink(scenario));
  return false;
}

TEST(Simulation, EveryPropertyHoldsForManySeeds) {
  const std::uint64_t one = environment("PGFILL_SEED", 0);
  const std::uint64_t count = one != 0 ? 1 : environment("PGFILL_SEEDS", 2000);
  const std::uint64_t first = one != 0 ? one : environment("PGFILL_FIRST_SEED", 1);
  const auto begun = std::chrono::steady_clock::now();
  std::uint64_t steps = 0;
  double seconds = 0;
  int failures = 0;
  for (std::uint64_t seed = first; seed < first + count && failures < 5; ++seed) {
    Verdict verdict;
    if (!holds(seed, &verdict)) ++failures;
    steps += verdict.steps;
    seconds += verdict.seconds;
  }
  const double took = std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count();
  std::cout << count << " seeds in " << took
            << " s: " << static_cast<std::int64_t>(static_cast<double>(count) / took * 3600) << " seeds/hour, "
            << steps / count << " steps and " << seconds / static_cast<double>(count) << " virtual seconds each\n";
}

TEST(Simulation, ARowThatATriggerRefusesForEverIsTakenForBadInTimeHoweverManyWorkersTry) {
  using namespace std::chrono_literals;
  for (std::uint64_t seed = 1; seed <= 50; ++seed) {
    Scenario scenario;
    scenario.seed = seed;
    scenario.shape.workers = static_cast<int>(1 + seed % 4);
    scenario.shape.stripes = seed % 3 == 0 ? 4 : 1;
    Fault refusal{Fault::Kind::refuse, 0s, 100s, static_cast<int>(1 + seed * 37 % 2000)};
    scenario.faults.push_back(refusal);
    const Verdict verdict = simulate(scenario);
    EXPECT_TRUE(verdict.violations.empty()) << seed << ": " << verdict.violations.front();
    EXPECT_GE(verdict.blamed_at, 15) << seed;
    EXPECT_LT(verdict.blamed_at, 60) << seed;
  }
}

TEST(Simulation, ASeedReplaysExactly) {
  for (std::uint64_t seed = 1; seed <= 50; ++seed) {
    const Verdict first = simulate(scenario_of(seed));
    const Verdict second = simulate(scenario_of(seed));
    EXPECT_EQ(first.hash, second.hash) << seed;
    EXPECT_EQ(first.steps, second.steps) << seed;
  }
}

TEST(Simulation, OtherSeedsAreOtherRuns) {
  EXPECT_NE(simulate(scenario_of(1)).hash, simulate(scenario_of(2)).hash);
}

TEST(Simulation, SeedsThatOnceFailedHold) {
  std::ifstream file(PGFILL_SOURCE_DIR "/tests/sim/regression_seeds.txt");
  ASSERT_TRUE(file);
  for (std::string line; std::getline(file, line);) {
    const bool seed = !line.empty() && line[0] != '#';
    EXPECT_TRUE(!seed || holds(std::strtoull(line.c_str(), nullptr, 10)));
  }
}

}  // namespace
}  // namespace pgfill::sim
