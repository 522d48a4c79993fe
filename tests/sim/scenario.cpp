#include "sim/scenario.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <sstream>

namespace pgfill::sim {
namespace {

using namespace std::chrono_literals;

constexpr std::array kind_names{"kill",         "freeze",    "leap",   "cut",         "cut_silent",
                                "fail_over",    "hold_rows", "stall",  "hide",        "vanish",
                                "pressure",     "pause",     "cancel", "set_workers", "step_clock",
                                "old_snapshot", "one_pass",  "slow",   "refuse"};

Duration microseconds(Random& random, std::int64_t low, std::int64_t high) {
  return std::chrono::microseconds(between(random, low, high));
}

/// A small value as likely as a large one.
double scaled(Random& random, double low, double high) {
  return low * std::pow(high / low, uniform(random));
}

Shape shape_of(Random& random) {
  Shape shape;
  shape.rows = static_cast<int>(scaled(random, 50, 20'000));
  shape.ranges = static_cast<int>(between(random, 1, 8));
  shape.workers = static_cast<int>(between(random, 1, 4));
  shape.row_cost = microseconds(random, 20, 400);
  shape.commit_cost = microseconds(random, 100, 4000);
  shape.network = microseconds(random, 50, 1500);
  shape.replicas = static_cast<int>(between(random, 0, 2));
  shape.lag_limit = scaled(random, 400, 5000);
  shape.drain_rate = scaled(random, 3000, 1e6);
  shape.client_seen_gone = uniform(random);
  if (uniform(random) < 0.6) shape.stripes = 1 << between(random, 1, 3);
  shape.open = uniform(random) < 0.7;
  shape.rows_for_one = static_cast<int>(scaled(random, 1, 100));
  return shape;
}

/// Rows that are wide, with an application that needs them, and batches that cost much whatever their rows. Drawn
/// apart: what else a seed stands for is as it was without.
void draw_costs(Shape& shape, std::uint64_t seed) {
  Random random(seed * 0xD1B54A32D192ED03U + 7);
  const double kind = uniform(random);
  if (kind < 0.08) {
    shape.rows = std::min(shape.rows, 150);
    shape.row_cost = microseconds(random, 3'000, 70'000);
    shape.wants = scaled(random, 2, 50);
  } else if (kind < 0.16) {
    shape.batch_cost = microseconds(random, 5'000, 200'000);
  }
}

Fault fault_of(Random& random, const Scenario& scenario, std::int64_t phase_ms) {
  Fault fault;
  fault.kind = static_cast<Fault::Kind>(between(random, 0, kind_names.size() - 2));
  // A job is cancelled for good less often than it is paused.
  if (fault.kind == Fault::Kind::cancel && uniform(random) < 0.7) fault.kind = Fault::Kind::kill;
  fault.at = microseconds(random, 0, phase_ms * 1000);
  fault.length = std::chrono::milliseconds(static_cast<std::int64_t>(scaled(random, 10, 8000)));
  fault.who = static_cast<int>(between(random, 0, scenario.shape.rows));
  return fault;
}

/// Drawn apart, so that the seeds stand for the same other faults as before there was this one.
void add_refusal(std::uint64_t seed, std::int64_t phase, Scenario& scenario) {
  Random random(seed * 0xD1B54A32D192ED03U + 1);
  if (uniform(random) >= 0.3) return;
  Fault refusal = fault_of(random, scenario, phase);
  refusal.kind = Fault::Kind::refuse;
  refusal.who = std::max(refusal.who, 1);
  scenario.faults.push_back(refusal);
}

}  // namespace

Scenario scenario_of(std::uint64_t seed) {
  Random random(seed * 0x9E3779B97F4A7C15U + 1);
  Scenario scenario;
  scenario.seed = seed;
  scenario.shape = shape_of(random);
  scenario.runners = static_cast<int>(between(random, 1, 3));
  const std::int64_t count = between(random, 0, 12);
  // Faults fall into the short time that an undisturbed job takes as often as into the long one after an outage.
  const auto phase = static_cast<std::int64_t>(scaled(random, 200, 12'000));
  for (std::int64_t i = 0; i < count; ++i) scenario.faults.push_back(fault_of(random, scenario, phase));
  add_refusal(seed, phase, scenario);
  draw_costs(scenario.shape, seed);
  return scenario;
}

std::string describe(const Scenario& scenario) {
  std::ostringstream text;
  const Shape& shape = scenario.shape;
  text << "seed " << scenario.seed << ": " << shape.rows << " rows, " << shape.ranges << " ranges, " << shape.workers
       << " workers, " << scenario.runners << " runners, " << shape.replicas << " replicas, " << shape.stripes
       << " stripes" << (shape.open ? ", no upper end" : "") << ", "
       << std::chrono::duration<double, std::milli>(shape.row_cost).count() << " ms a row, "
       << std::chrono::duration<double, std::milli>(shape.batch_cost).count() << " ms a batch";
  for (const Fault& fault : scenario.faults) {
    text << "\n  " << std::chrono::duration<double>(fault.at).count() << "s "
         << kind_names[static_cast<std::size_t>(fault.kind)] << " for "
         << std::chrono::duration<double>(fault.length).count() << "s (" << fault.who << ")";
  }
  return text.str();
}

Scenario shrink(const Scenario& scenario) {
  Scenario smallest = scenario;
  bool smaller = true;
  while (smaller) {
    smaller = false;
    for (std::size_t i = 0; i < smallest.faults.size(); ++i) {
      Scenario fewer = smallest;
      fewer.faults.erase(fewer.faults.begin() + static_cast<std::ptrdiff_t>(i));
      if (simulate(fewer).violations.empty()) continue;
      smallest = std::move(fewer);
      smaller = true;
      break;
    }
    Scenario fewer = smallest;
    fewer.shape.rows /= 2;
    if (smaller || fewer.shape.rows < 4 || simulate(fewer).violations.empty()) continue;
    smallest = std::move(fewer);
    smaller = true;
  }
  return smallest;
}

}  // namespace pgfill::sim
