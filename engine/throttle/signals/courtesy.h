// Whether somebody else is at work on the server. An application feels how long a batch is and how many run at once, so
// while there is one the job works in short batches, one at a time.
#pragma once

#include "throttle/signals/signal.h"

namespace pgfill::throttle {

/// Gives no readings: it caps the effort. Sessions that this role may not look at count as being at work.
class Courtesy : public Signal {
 public:
  Courtesy();

  async::milliseconds every() const override { return std::chrono::milliseconds(250); }
  async::Task<std::vector<Reading>> read(postgres::Session& session) override;
  EffortCap effort_cap() const override;

 private:
  double sessions_ = 0;  ///< at work, averaged over some seconds
  std::int64_t hidden_ = 0;
  async::TimePoint read_at_{};
  bool at_work_ = false;
};

}  // namespace pgfill::throttle
