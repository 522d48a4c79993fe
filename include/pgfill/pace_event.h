// What changes how fast a job goes, as values: the part of pgfill/event.h about the throttle, workers, stripes and
// settings.
#pragma once

#include <chrono>
#include <string>

#include "pgfill/wait_reason.h"

namespace pgfill::event {

/// The gate closed: no batch begins until Unthrottled. Also sent when the reason changes.
struct Throttled {
  WaitReason reason = {};
};
/// The gate opened again.
struct Unthrottled {
  std::chrono::milliseconds closed_for{0};
};
/// The throttle changed how hard the job works, without stopping it.
struct PaceChanged {
  double effort = 1;  ///< share of the free rate; 1: full speed
  int workers = 0;    ///< at once
  std::chrono::microseconds batch_time{0};
  std::string reason;  ///< a sentence: signal, value, limit; empty at full speed
};
/// Another number of workers was found to pay, where the spec leaves that open.
struct WorkersFound {
  int before = 0;
  int workers = 0;
  double gain = 0;  ///< of rows a second, relative to before; may be a little below 0 for fewer workers
};
/// Going over the table in stripes was found to pay, or not: then what is left of each range is done in one pass.
struct StripesJudged {
  bool pay = true;
  double on_page = 0;   ///< share of the updates that found room on their page, 0 to 1
  std::string held_by;  ///< who keeps old versions alive; empty: not known
};
/// The table was vacuumed, so that it keeps within its growth budget, or the room of rows that are gone is used again.
struct Vacuumed {
  double used = 0;                ///< share of the budget, before; 0 to 1 and more
  std::int64_t rows_removed = 0;  ///< since the last VACUUM; 0: it was for the growth
  std::chrono::milliseconds duration{0};
};
/// A limit of the spec that cannot be looked at on this server, and so holds nothing back.
struct NotWatched {
  std::string reason;  ///< a sentence: signal, why, what to grant
};
/// Rows come into the table as fast as the job goes over it, beyond its last key of the start. Sent once a run.
struct TableGrows {
  double inserted = 0;  ///< rows a second, by whomever
  double advanced = 0;  ///< rows a second that the job went over
};
/// People have laid fields over the spec; what a field cannot have is left out.
struct SettingsChanged {
  std::string by;
  std::string settings;  ///< "workers=1, batch.time=5ms", empty: the spec's own hold again
  std::string left_out;  ///< why one was left out; empty: none was
};

}  // namespace pgfill::event
