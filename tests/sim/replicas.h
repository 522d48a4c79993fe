// Replicas that replay what the primary writes at a rate that wanders, stalls, and is not always to be seen.
#pragma once

#include <optional>
#include <vector>

#include "sim/world.h"

namespace pgfill::sim {

/// Not thread-safe. Amounts are in rows of WAL.
class Replicas {
 public:
  Replicas(World& world, int count, double drain_rate, double limit)
      : world_(world), rate_(drain_rate), limit_(limit), replicas_(static_cast<std::size_t>(count)) {}

  void written(double amount);
  /// What the primary says about each replica that is connected: its lag, or nothing where the role may not see it.
  std::vector<std::optional<double>> seen();
  /// Since when a replica has been further behind than the limit.
  std::optional<TimePoint> over_since();
  /// All that is behind is replayed at once, as after a failover.
  void reset();

  void stall(Duration length) { stalled_until_ = world_.time() + length; }
  void hide(Duration length) { hidden_until_ = world_.time() + length; }      ///< NULL
  void vanish(Duration length) { vanished_until_ = world_.time() + length; }  ///< no row
  bool blind() const { return hidden_until_ > world_.time() || vanished_until_ > world_.time(); }

 private:
  struct Replica {
    double behind = 0;
    double speed = 1;  ///< of the drain rate; wanders
  };
  void drain();

  World& world_;
  double rate_;
  double limit_;
  std::vector<Replica> replicas_;
  TimePoint drained_at_{};
  TimePoint stalled_until_{};
  TimePoint hidden_until_{};
  TimePoint vanished_until_{};
  std::optional<TimePoint> over_since_;
};

}  // namespace pgfill::sim
