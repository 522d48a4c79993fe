#include "sim/plant.h"

#include <algorithm>
#include <cmath>

namespace pgfill::sim {
namespace {

using throttle::Reading;
using throttle::SignalKind;

double draw(std::mt19937_64& random, double low, double high) {
  return low + (high - low) * static_cast<double>(random() >> 11) * 0x1.0p-53;
}

double draw_scaled(std::mt19937_64& random, double low, double high) {
  return low * std::pow(high / low, draw(random, 0, 1));
}

double sessions(double load, double running) {
  return 5 + 45 * load + 3 * running;
}

/// Commits queue as the server fills.
double commit_seconds(double used) {
  return 1e-3 * (1 + 4 * used * used / (1.05 - std::min(used, 1.0)));
}

}  // namespace

Environment environment_of(std::uint64_t seed) {
  std::mt19937_64 random(seed * 0x9E3779B97F4A7C15U + 7);
  Environment environment;
  environment.workers = 1 + static_cast<int>(random() % 4);
  environment.strength = draw(random, 0.1, 0.5);
  environment.overhead = draw_scaled(random, 0.3e-3, 3e-3);
  environment.sessions_limit = draw(random, 35, 80);
  environment.commit_limit = draw_scaled(random, 5e-3, 50e-3);
  environment.wal_limit = draw(random, 0, 1) < 0.5 ? 100 : draw_scaled(random, 0.1, 2);
  environment.drain = draw(random, 0, 1) < 0.4 ? 100 : draw_scaled(random, 0.2, 4);
  environment.stalls = draw(random, 0, 1) < 0.7 ? 0 : draw(random, 0, 2);
  environment.noise = draw(random, 0.02, 0.2);
  // A quiet server, a busy one, one whose busy hour comes and goes.
  const double base = draw(random, 0, 1) < 0.2 ? 0 : draw(random, 0, 0.5);
  const double busy = draw(random, 0, 1) < 0.4 ? base : draw(random, base, 1.1);
  const std::size_t from = 3 + random() % 6;
  const std::size_t until = from + 2 + random() % 6;
  for (std::size_t part = 0; part < 18; ++part) {
    environment.load.push_back(part >= from && part < until ? busy : base);
  }
  return environment;
}

Plant::Plant(const Environment& environment, std::uint64_t seed)
    : environment_(environment), random_(seed), replay_(environment.drain) {}

async::TimePoint Plant::time() const {
  return async::TimePoint(
      std::chrono::duration_cast<async::Clock::duration>(std::chrono::duration<double>(1000 + now_)));
}

double Plant::load() const {
  const auto part = static_cast<std::size_t>(now_ / 10);
  return environment_.load[std::min(part, environment_.load.size() - 1)];
}

void Plant::drain_replica(double wal, double seconds) {
  // The rate wanders around its mean, with a memory of about ten seconds.
  const double pull = (environment_.drain - replay_) * seconds / 10;
  replay_ += pull + replay_ * draw(random_, -1, 1) * environment_.wander * std::sqrt(seconds);
  replay_ = std::clamp(replay_, environment_.drain * 0.3, environment_.drain * 3);
  if (draw(random_, 0, 1) < environment_.stalls / 60 * seconds) stalled_until_ = now_ + draw(random_, 0.5, 6);
  const double replayed = now_ < stalled_until_ ? 0 : replay_;
  backlog_ = std::max(0.0, backlog_ + (wal - replayed) * seconds);
}

void Plant::advance(const throttle::Pace& pace, bool may_begin, double seconds) {
  now_ += seconds;
  const double batch = std::chrono::duration<double>(pace.batch_time).count();
  const double sleep = std::chrono::duration<double>(pace.sleep).count();
  const double duty = (batch + environment_.overhead) / (batch + environment_.overhead + sleep);
  const double concurrency = may_begin ? pace.workers - 1 + duty : 0;
  const double demand = concurrency * environment_.strength;
  const double used = load() + demand;
  const double share = batch / (batch + environment_.overhead);
  rate_ = concurrency / environment_.workers * share / std::max(1.0, used);
  wal_ = rate_ + 0.1 * load();
  sessions_ = sessions(load(), concurrency);
  commit_ = commit_seconds(used);
  drain_replica(wal_, seconds);
  // Latency of the application: queueing for the server, and behind batches by their length and number.
  const double queueing = (1 + used * used) / (1 + load() * load()) * std::max(1.0, used / std::max(1.0, load()));
  const double behind = 0.35 * std::pow(batch * 1000, 0.7) * std::pow(concurrency, 1.4);
  latency_ = queueing + behind;
  over_ = spoils(sessions_ / environment_.sessions_limit, sessions(load(), 0) / environment_.sessions_limit) ||
          spoils(commit_ / environment_.commit_limit, commit_seconds(load()) / environment_.commit_limit) ||
          spoils(wal_ / environment_.wal_limit, 0.1 * load() / environment_.wal_limit) ||
          (may_begin && backlog_ / replay_ > environment_.lag_limit);
}

std::vector<Reading> Plant::sample() {
  const auto noisy = [this](double value) { return value * (1 + environment_.noise * draw(random_, -1, 1)); };
  const double spike = draw(random_, 0, 1) < 0.02 ? 5 : 1;
  const auto reading = [this](const char* name, SignalKind kind, double value, double limit) {
    Reading result;
    result.signal = name;
    result.kind = kind;
    result.value = value;
    result.limit = limit;
    result.read_at = time();
    result.max_age = std::chrono::seconds(1);
    return result;
  };
  std::vector<Reading> readings;
  readings.push_back(reading("active_sessions", SignalKind::gauge, noisy(sessions_), environment_.sessions_limit));
  readings.push_back(reading("commit_latency", SignalKind::gauge, noisy(commit_) * spike, environment_.commit_limit));
  readings.push_back(reading("wal_rate", SignalKind::gauge, noisy(wal_), environment_.wal_limit));
  readings.push_back(reading("replica_lag", SignalKind::lag, noisy(backlog_ / replay_), environment_.lag_limit));
  return readings;
}

}  // namespace pgfill::sim
