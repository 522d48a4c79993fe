// Keeps a table fit where batches alone cannot: vacuums it when its growth has used up a good part of the budget, so
// that later versions find room in the table instead of behind it; and, where rows are removed, each time a tenth of
// the table has gone and at the end, so that nobody walks over what is left of them.
#pragma once

#include <string>

#include "run/event_log.h"
#include "run/pressure.h"
#include "run/sessions.h"
#include "throttle/gate.h"
#include "work/job_work.h"

namespace pgfill::run {

/// Not thread-safe: lives on the executor of the scheduler. All it is given outlives it.
class Vacuum {
 public:
  Vacuum(Sessions& sessions, const work::JobWork& job, const Pressure& pressure, const ProgressMeter& meter,
         throttle::Gate& gate, EventLog& events)
      : sessions_(sessions), job_(job), pressure_(pressure), meter_(meter), gate_(gate), events_(events) {}

  /// Until cancelled, or until it is known that this role may not vacuum the table. A failing VACUUM is tried again
  /// later; the budget itself is kept by the signal.
  async::Task<void> keep_room();
  /// Where rows have gone: the last VACUUM, when all of them are. Throws nothing of the database.
  async::Task<void> at_the_end();
  /// What is left to a person, as half a sentence; empty: nothing.
  const std::string& advice() const { return advice_; }
  /// The name of its session.
  std::string session_name() const;
  /// Ends a VACUUM that a cancellation of keep_room() has left running.
  async::Task<void> end(postgres::Session& session);

 private:
  struct Due {
    double growth = 0;      ///< share of the budget that is used
    std::int64_t rows = 0;  ///< that have gone since the last one
  };
  std::optional<Due> due() const;
  std::int64_t rows_gone() const;
  async::Task<bool> vacuum(Due due);
  void cannot(const Due& due, const std::string& why);

  Sessions& sessions_;
  const work::JobWork& job_;
  const Pressure& pressure_;
  const ProgressMeter& meter_;
  throttle::Gate& gate_;
  EventLog& events_;
  double growth_due_at_ = 0.5;    ///< share of the growth budget
  std::int64_t gone_before_ = 0;  ///< rows, at the last VACUUM
  std::string advice_;
  bool running_ = false;
  bool ending_ = false;
};

}  // namespace pgfill::run
