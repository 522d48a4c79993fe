// How much WAL the server writes: a second, and in all while the job ran. Whose it is, the server does not say.
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
  /// `used`: bytes counted before the first reading.
  WalBudget(double bytes, std::int64_t used);

  async::Task<std::vector<Reading>> read(postgres::Session& session) override;

 private:
  std::optional<std::int64_t> position_;  ///< at the last reading
  std::int64_t used_;
};

}  // namespace pgfill::throttle
