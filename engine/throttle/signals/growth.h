// How much the table has grown, with its indexes, since the job began.
#pragma once

#include <cstdint>
#include <optional>

#include "throttle/signals/signal.h"

namespace pgfill::throttle {

/// A share of the size at the start. A table does not shrink by waiting, so a job that has used its budget ends.
class Growth : public Signal {
 public:
  /// `bytes_at_start`: empty: the size at the first reading.
  Growth(double share, std::uint32_t table, std::optional<std::int64_t> bytes_at_start);

  async::milliseconds every() const override { return std::chrono::milliseconds(500); }
  async::Task<std::vector<Reading>> read(postgres::Session& session) override;

 private:
  std::uint32_t table_;
  std::optional<std::int64_t> at_start_;
};

}  // namespace pgfill::throttle
