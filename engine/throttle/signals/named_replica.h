// A replica that is asked itself how far it is: one behind another replica, say, or one this role may not see from the
// primary.
#pragma once

#include <memory>
#include <optional>

#include "pgfill/throttle.h"
#include "throttle/signals/signal.h"
#include "throttle/signals/wal_clock.h"

namespace pgfill::throttle {

/// A subject of `replica_lag`, and of nothing else. Keeps a connection of its own; while that cannot be made the
/// replica is unknown, and it is tried again every few seconds.
class NamedReplica : public Signal {
 public:
  /// `wal` is given the primary's position by another signal that is read before this one. `sessions`: how the names of
  /// our sessions begin.
  NamedReplica(ReplicaConnection replica, double seconds, std::shared_ptr<const WalClock> wal, std::string sessions);

  async::milliseconds every() const override { return std::chrono::milliseconds(500); }
  bool elsewhere() const override { return true; }
  async::Task<std::vector<Reading>> read_elsewhere() override;

 private:
  async::Task<void> connect();
  async::Task<Reading> ask();

  ReplicaConnection replica_;
  std::shared_ptr<const WalClock> wal_;
  std::string sessions_;
  std::unique_ptr<postgres::Session> session_;
  std::string trouble_;  ///< why there is no session
  async::TimePoint next_try_{};
  ReplicaProgress progress_;
};

}  // namespace pgfill::throttle
