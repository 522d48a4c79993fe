// A server under an application's load and a job's, as smooth formulas: what the throttle law is measured against.
// Shapes are those measured for the engine: latency follows batch length and concurrency, a commit costs a millisecond,
// replicas replay at a rate that wanders. No tasks, no clock: time advances by steps.
#pragma once

#include <array>
#include <cstdint>
#include <random>
#include <vector>

#include "throttle/pace.h"
#include "throttle/reading.h"

namespace pgfill::sim {

/// What an environment is, drawn from a seed.
struct Environment {
  int workers = 2;
  double strength = 0.3;   ///< share of the server that one worker takes at full speed
  double overhead = 1e-3;  ///< seconds a batch costs besides its rows
  double sessions_limit = 60;
  double commit_limit = 20e-3;  ///< seconds
  double wal_limit = 2;         ///< times the WAL of the job at full speed; large: none
  double drain = 2;             ///< what a replica replays, in the same measure
  double lag_limit = 1.5;       ///< seconds
  double stalls = 0;            ///< a minute
  double wander = 0.3;          ///< of the replica's rate, a second
  double noise = 0.1;
  std::vector<double> load;  ///< of the application, for each ten seconds; 1 is the whole server
};

Environment environment_of(std::uint64_t seed);

/// Not thread-safe; a value.
class Plant {
 public:
  Plant(const Environment& environment, std::uint64_t seed);

  /// A step of at most 20 ms at this pace; none when no batch may begin.
  void advance(const throttle::Pace& pace, bool may_begin, double seconds);
  /// What the sensors say now: with noise, and now and then nothing.
  std::vector<throttle::Reading> sample();

  double now() const { return now_; }
  async::TimePoint time() const;
  double rate() const { return rate_; }        ///< rows a second, 1 = all workers on an idle server
  double latency() const { return latency_; }  ///< of the application, 1 = without the job
  /// Some true value is over its limit, and would not be without the job.
  bool over_by_the_job() const { return over_; }

 private:
  double load() const;
  void drain_replica(double wal, double seconds);
  bool spoils(double with_job, double without) const { return with_job > 1 && without <= 1; }

  Environment environment_;
  std::mt19937_64 random_;
  double now_ = 0;
  double rate_ = 0;
  double latency_ = 1;
  bool over_ = false;
  double sessions_ = 0;
  double commit_ = 0;
  double wal_ = 0;
  double backlog_ = 0;
  double replay_ = 0;
  double stalled_until_ = 0;
};

}  // namespace pgfill::sim
