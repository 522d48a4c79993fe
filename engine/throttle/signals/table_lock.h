// Others at work on the table as a whole: DDL that waits for its lock or holds it, and vacuums.
#pragma once

#include <cstdint>

#include "throttle/signals/signal.h"

namespace pgfill::throttle {

/// What a TableLock watches for.
enum class TableWork {
  ddl,  ///< `ddl_wait`: a lock our batches cannot be granted beside, asked for or held. Whoever waits for it makes the
        ///< application queue behind it, so no batch begins until it is granted and gone
  vacuum,  ///< `autovacuum`: VACUUM, ANALYZE, CREATE INDEX CONCURRENTLY; held back for when the spec says so
};

/// Stops while there is such a session; its subject is who it is. pg_locks shows it to every role.
class TableLock : public Signal {
 public:
  /// `sessions`: how the names of our sessions begin; ours do not count.
  TableLock(TableWork work, std::uint32_t table, std::string sessions);

  async::milliseconds every() const override { return std::chrono::milliseconds(500); }
  async::Task<std::vector<Reading>> read(postgres::Session& session) override;

 private:
  TableWork work_;
  std::uint32_t table_;
  std::string sessions_;
};

}  // namespace pgfill::throttle
