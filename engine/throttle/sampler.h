// Reads every signal and closes or opens the gate by what they say. The list of signals is here, and nowhere else.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "throttle/gate.h"
#include "throttle/signals/replica_lag.h"

namespace pgfill::throttle {

/// Not thread-safe: lives on the executor of the scheduler.
class Sampler {
 public:
  /// `job`: its sessions are named pgfill:<job>/<role>.
  Sampler(Gate& gate, const std::string& job);

  /// One reading of every signal. Throws postgres::Failure when the connection is lost; the gate is then closed with
  /// that as its reason.
  async::Task<void> sample(postgres::Session& session);

  std::optional<std::int64_t> replica_lag_bytes() const { return replica_lag_->worst(); }

 private:
  Gate& gate_;
  std::vector<std::unique_ptr<Signal>> signals_;
  ReplicaLag* replica_lag_;
};

}  // namespace pgfill::throttle
