// How far the streaming replicas are behind the primary, as the primary sees them: in time and in bytes of WAL.
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>

#include "throttle/signals/signal.h"
#include "throttle/signals/wal_clock.h"

namespace pgfill::throttle {

/// Each replica is a subject, of this signal and of `replica_backlog`, its WAL still to replay. One that has not said
/// how far it is, that this role may not see, or that was there during this run and has gone, is unknown. A failover
/// begins anew: the replicas of the former primary are not the new one's. Consumers of logical slots are no replicas:
/// they confirm when it suits them; what they hold back is slot_retention's matter.
class ReplicaLag : public Signal {
 public:
  /// Infinite: that limit is off. `wal` is given the primary's position at every reading.
  ReplicaLag(double seconds, double bytes, std::shared_ptr<WalClock> wal);

  async::milliseconds every() const override { return std::chrono::milliseconds(500); }
  async::Task<std::vector<Reading>> read(postgres::Session& session) override;

 private:
  void judge_replica(const postgres::Rows& rows, int row, std::vector<Reading>& readings);
  Reading backlog(double bytes, std::string replica) const;

  double most_bytes_;
  std::shared_ptr<WalClock> wal_;
  std::map<std::string, ReplicaProgress> progress_;  ///< on this timeline; also of replicas that have gone
  std::string timeline_;
};

}  // namespace pgfill::throttle
