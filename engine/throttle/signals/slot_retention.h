// WAL that replication slots hold back: a slot nobody reads fills the disk, or is given up by the server.
#pragma once

#include "throttle/signals/signal.h"

namespace pgfill::throttle {

/// Each slot is a subject by its name. Where the server bounds what slots hold back (max_slot_wal_keep_size), a slot
/// with less than a fifth of that left is over its limit, too: beyond it the slot is lost.
class SlotRetention : public Signal {
 public:
  explicit SlotRetention(double bytes);

  async::Task<std::vector<Reading>> read(postgres::Session& session) override;
};

}  // namespace pgfill::throttle
