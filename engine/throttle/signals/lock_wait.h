// Sessions of others that wait for a lock of ours, and ours that wait themselves.
#pragma once

#include "throttle/signals/signal.h"

namespace pgfill::throttle {

/// The longest any other session has waited for us: near the limit batches get shorter, beyond it those in the way
/// should be cancelled. Also gives readings of `own_lock_wait`, the longest one of ours has waited.
class LockWait : public Signal {
 public:
  /// `sessions`: how the names of our sessions begin.
  LockWait(async::milliseconds limit, std::string sessions);

  /// Often, so that nobody waits much longer than the limit, as long as that costs the server little.
  async::milliseconds every() const override { return every_; }
  async::Task<std::vector<Reading>> read(postgres::Session& session) override;
  /// Ours that others have waited for beyond the limit, at the last reading.
  std::vector<int> backends_in_the_way() const override { return in_the_way_; }

 private:
  std::string sessions_;
  async::milliseconds every_{25};
  std::vector<int> in_the_way_;
};

}  // namespace pgfill::throttle
