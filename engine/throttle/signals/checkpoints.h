// Checkpoints that came early because much WAL was written: each makes every page be written to WAL in full once more.
#pragma once

#include <cstdint>
#include <deque>
#include <utility>

#include "throttle/signals/signal.h"

namespace pgfill::throttle {

/// Requested checkpoints within the last minute.
class Checkpoints : public Signal {
 public:
  explicit Checkpoints(int a_minute);

  async::Task<std::vector<Reading>> read(postgres::Session& session) override;

 private:
  std::deque<std::pair<async::TimePoint, std::int64_t>> counts_;  ///< of the last minute
};

}  // namespace pgfill::throttle
