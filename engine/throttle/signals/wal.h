// How much WAL the server writes: a second, and in all since the job began. Whose it is, the server does not say.
#pragma once

#include <cstdint>
#include <optional>

#include "throttle/signals/signal.h"

namespace pgfill::throttle {

/// `wal_rate`: between this reading and the one before.
class WalRate : public Signal {
 public:
  explicit WalRate(double bytes_per_second);

  async::milliseconds every() const override { return std::chrono::milliseconds(500); }
  async::Task<std::vector<Reading>> read(postgres::Session& session) override;

 private:
  std::optional<std::int64_t> position_;
  async::TimePoint at_{};
};

/// `wal_budget`: it is never given back, so a job that has used it ends.
class WalBudget : public Signal {
 public:
  /// `began_at`: an LSN; empty: the position at the first reading.
  WalBudget(double bytes, const std::optional<std::string>& began_at);

  async::Task<std::vector<Reading>> read(postgres::Session& session) override;

 private:
  std::optional<std::int64_t> position_;  ///< at the last reading
  std::int64_t used_ = 0;
};

/// The bytes of an LSN such as 16/B374D848; nothing when it is none.
std::optional<std::int64_t> wal_position(const std::string& lsn);

}  // namespace pgfill::throttle
