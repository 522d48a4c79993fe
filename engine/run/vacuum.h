// Keeps a job within its growth budget where stripes cannot: vacuums the table when the growth has used up a good part
// of it, so that later versions find room in the table instead of behind it. Only for jobs with a `growth` limit.
#pragma once

#include "run/event_log.h"
#include "run/pressure.h"
#include "run/sessions.h"
#include "throttle/gate.h"
#include "work/job_work.h"

namespace pgfill::run {

/// Not thread-safe: lives on the executor of the scheduler. All it is given outlives it.
class Vacuum {
 public:
  Vacuum(Sessions& sessions, const work::JobWork& job, const Pressure& pressure, throttle::Gate& gate, EventLog& events)
      : sessions_(sessions), job_(job), pressure_(pressure), gate_(gate), events_(events) {}

  /// Until cancelled, or until it is known that this role may not vacuum the table. A failing VACUUM is tried again
  /// later; the budget itself is kept by the signal.
  async::Task<void> keep_room();
  /// Ends a VACUUM that a cancellation of keep_room() has left running.
  async::Task<void> end(postgres::Session& session);

 private:
  async::Task<bool> vacuum(double used);

  Sessions& sessions_;
  const work::JobWork& job_;
  const Pressure& pressure_;
  throttle::Gate& gate_;
  EventLog& events_;
  bool running_ = false;
};

}  // namespace pgfill::run
