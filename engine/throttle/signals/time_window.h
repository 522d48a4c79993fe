// The hours in which the job may work at full speed, on the clock of a place, by the time the database server has.
#pragma once

#include <chrono>
#include <optional>

#include "pgfill/throttle.h"
#include "throttle/signals/signal.h"

namespace pgfill::throttle {

/// Gives no readings: outside the window it caps the effort. Unknown, and so a stop, only when the server's clock or
/// the zone cannot be read.
class Window : public Signal {
 public:
  explicit Window(TimeWindow window);

  async::milliseconds every() const override { return std::chrono::seconds(2); }
  async::Task<std::vector<Reading>> read(postgres::Session& session) override;
  EffortCap effort_cap() const override;

 private:
  TimeWindow window_;
  bool outside_ = false;
};

/// Whether the moment lies in the window: from its `from` on, up to and without its `to`, on the wall clock of its
/// zone, so that an hour that is skipped or repeated in spring and autumn belongs to the window that names it. Throws
/// std::runtime_error for a zone this machine does not know.
bool is_within(const TimeWindow& window, std::chrono::system_clock::time_point moment);

/// "mon tue 20:00-06:00 Europe/Berlin"
std::string in_words(const TimeWindow& window);

}  // namespace pgfill::throttle
