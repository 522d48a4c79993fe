// Replica lag: how many bytes of WAL the slowest streaming replica has still to replay.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>

#include "throttle/signals/signal.h"

namespace pgfill::throttle {

/// Over its limit when a replica is further behind than the limit, when its lag may not be seen, or when a replica that
/// was there during this run has gone. A failover begins anew: the replicas of the former primary are not the new
/// one's. Opens again at half the limit, so that it does not flutter.
class ReplicaLag : public Signal {
 public:
  /// `limit` in bytes. 256 MiB is a few seconds of what one host writes at full speed.
  explicit ReplicaLag(std::int64_t limit = std::int64_t{256} << 20) : limit_(limit) {}

  const char* name() const override { return "replica_lag"; }
  async::Task<Verdict> read(postgres::Session& session) override;

  /// The worst replica's lag in bytes at the last reading; empty when there is none or it is unknown.
  std::optional<std::int64_t> worst() const { return worst_; }

 private:
  Verdict judge(const postgres::Rows& rows);

  std::int64_t limit_;
  bool over_ = false;
  std::optional<std::int64_t> worst_;
  std::set<std::string> seen_;  ///< on this timeline
  std::string timeline_;
};

}  // namespace pgfill::throttle
