#include "sim/laws.h"

#include <algorithm>
#include <cmath>

namespace pgfill::sim {
namespace {

using throttle::Controller;
using throttle::ControllerLimits;
using throttle::Reading;
using throttle::SignalKind;

/// Stops by lag as the engine does; steers by the worst gauge as the law below says.
class Steered : public Law {
 public:
  explicit Steered(const ControllerLimits& limits) : limits_(limits), stops_(limits) {}

  Order decide(const std::vector<Reading>& readings, async::TimePoint now) override {
    double worst = 0;
    for (const Reading& reading : readings) {
      if (reading.kind == SignalKind::lag) {
        stops_.take(reading);
      } else {
        worst = std::max(worst, throttle::utilisation(reading).value_or(1));
      }
    }
    const bool may_begin = stops_.decide(now).may_begin();
    const double seconds = last_ == async::TimePoint{} ? 0 : std::chrono::duration<double>(now - last_).count();
    last_ = now;
    if (may_begin) steer(worst, seconds);
    effort_ = std::clamp(effort_, throttle::least_effort(limits_), 1.0);
    return {pace(), may_begin, effort_};
  }

 protected:
  virtual void steer(double worst, double seconds) = 0;
  virtual throttle::Pace pace() const { return throttle::pace_for(effort_, limits_); }

  ControllerLimits limits_;
  double effort_ = 1;

 private:
  Controller stops_;
  async::TimePoint last_{};
};

class FixedSleep : public Steered {
 public:
  using Steered::Steered;
  std::string name() const override { return "fixed sleep 50 ms"; }

 protected:
  void steer(double, double) override {}
  throttle::Pace pace() const override {
    // All workers sleep as long as they work twice over: one third of them works at a time.
    throttle::Pace result = throttle::pace_for(1, limits_);
    result.workers = 1;
    result.sleep = std::chrono::microseconds(static_cast<int>(75'000.0 / limits_.most_workers - 25'000));
    if (result.sleep.count() < 0) result.sleep = std::chrono::microseconds(0);
    return result;
  }
};

class Aimd : public Steered {
 public:
  using Steered::Steered;
  std::string name() const override { return "AIMD"; }

 protected:
  void steer(double worst, double seconds) override { effort_ = worst >= 1 ? effort_ / 2 : effort_ + 0.05 * seconds; }
};

/// Spirit's: below 0.4 a step up, to 0.7 hold, to 1 a step down, above halve; 5 s tick, 15 s between two steps.
class Zones : public Steered {
 public:
  using Steered::Steered;
  std::string name() const override { return "zones (Spirit)"; }

 protected:
  void steer(double worst, double seconds) override {
    sum_ = sum_ == 0 ? worst : sum_ + 0.3 * (worst - sum_);
    since_tick_ += seconds;
    cooldown_up_ -= seconds;
    cooldown_down_ -= seconds;
    if (since_tick_ < 5) return;
    since_tick_ = 0;
    if (sum_ < 0.4 && cooldown_up_ <= 0) {
      effort_ += 0.125;
      cooldown_up_ = 15;
    } else if (sum_ >= 0.7 && cooldown_down_ <= 0) {
      effort_ = sum_ >= 1 ? effort_ / 2 : effort_ - 0.125;
      cooldown_up_ = cooldown_down_ = 15;
    }
  }

 private:
  double sum_ = 0;
  double since_tick_ = 0;
  double cooldown_up_ = 0;
  double cooldown_down_ = 0;
};

class Pi : public Steered {
 public:
  using Steered::Steered;
  std::string name() const override { return "PI, set point 0.8"; }

 protected:
  void steer(double worst, double seconds) override {
    const double error = std::clamp(0.8 - worst, -2.0, 0.8);
    integral_ = std::clamp(integral_ + 0.15 * error * seconds, -1.0, 1.0);
    effort_ = 0.15 * error + integral_;
  }

 private:
  double integral_ = 1;
};

/// As concurrency limits by gradient: towards set point / measured, a third of the way each time.
class Gradient : public Steered {
 public:
  using Steered::Steered;
  std::string name() const override { return "gradient"; }

 protected:
  void steer(double worst, double) override {
    const double gradient = std::clamp(0.8 / std::max(worst, 0.01), 0.5, 1.5);
    effort_ += 0.33 * (effort_ * gradient - effort_);
  }
};

class Engine : public Law {
 public:
  explicit Engine(const ControllerLimits& limits) : controller_(limits) {}
  std::string name() const override { return "pgfill"; }
  Order decide(const std::vector<Reading>& readings, async::TimePoint now) override {
    for (const Reading& reading : readings) controller_.take(reading);
    const throttle::Decision decision = controller_.decide(now);
    return {decision.pace, decision.may_begin(), decision.effort};
  }

 private:
  Controller controller_;
};

/// Rates in windows of two seconds, and how often they change by more than two.
class Changes {
 public:
  void add(double rate, double seconds) {
    rows_ += rate * seconds;
    window_ += seconds;
    if (window_ < 2) return;
    const double mean = std::max(rows_ / window_, 1e-3);
    if (marked_ > 0 && (mean > 2 * marked_ || mean < marked_ / 2)) ++count_;
    if (marked_ == 0 || mean > 2 * marked_ || mean < marked_ / 2) marked_ = mean;
    rows_ = window_ = 0;
  }
  int count() const { return count_; }

 private:
  double rows_ = 0;
  double window_ = 0;
  double marked_ = 0;
  int count_ = 0;
};

}  // namespace

std::unique_ptr<Law> engine_law(const ControllerLimits& limits) {
  return std::make_unique<Engine>(limits);
}

std::vector<std::unique_ptr<Law>> all_laws(const ControllerLimits& limits) {
  std::vector<std::unique_ptr<Law>> laws;
  laws.push_back(std::make_unique<FixedSleep>(limits));
  laws.push_back(std::make_unique<Aimd>(limits));
  laws.push_back(std::make_unique<Zones>(limits));
  laws.push_back(std::make_unique<Pi>(limits));
  laws.push_back(std::make_unique<Gradient>(limits));
  laws.push_back(engine_law(limits));
  return laws;
}

Score run_law(Law* law, const Environment& environment, std::uint64_t seed, double until, double from) {
  constexpr double step = 0.02;
  ControllerLimits limits;
  limits.most_workers = environment.workers;
  Plant plant(environment, seed);
  Plant free(environment, seed);
  const throttle::Pace full = throttle::pace_for(1, limits);
  Order order{full, true, 1};
  Changes changes;
  Score score;
  double rows = 0;
  double free_rows = 0;
  double next_sample = 0;
  const double part = step / (until - from);
  while (plant.now() < until) {
    plant.advance(order.pace, order.may_begin, step);
    free.advance(full, true, step);
    if (plant.now() > from) {
      rows += plant.rate() * step;
      free_rows += free.rate() * step;
      changes.add(plant.rate(), step);
      score.latency += plant.latency() * part;
      score.over += plant.over_by_the_job() ? part : 0;
    }
    if (law == nullptr || plant.now() < next_sample) continue;
    next_sample = plant.now() + 0.5;
    order = law->decide(plant.sample(), plant.time());
  }
  score.rows = rows / free_rows;
  score.changes_per_minute = changes.count() / (until - from) * 60;
  return score;
}

}  // namespace pgfill::sim
