// WAL that is written but not archived yet: it fills the disk of the server until it is.
#pragma once

#include <cstdint>
#include <optional>

#include "throttle/signals/signal.h"

namespace pgfill::throttle {

/// Counted in the archive's own directory where this role may list it (pg_monitor), else known from the last segment
/// archived. Nothing where archiving is off. A segment that fails is named.
class ArchiveBacklog : public Signal {
 public:
  explicit ArchiveBacklog(double bytes);

  async::milliseconds every() const override { return std::chrono::seconds(2); }
  async::Task<std::vector<Reading>> read(postgres::Session& session) override;

 private:
  std::optional<std::int64_t> first_seen_;  ///< the segment being written at the first reading
};

}  // namespace pgfill::throttle
