// What SIGINT, SIGTERM, SIGHUP and SIGPIPE do to the program. Process-wide, like the signals themselves.
#pragma once

#include "pgfill/job.h"

namespace pgfill::cli {

/// SIGINT and SIGTERM stop the run of the living StopBySignal, or end the program with exit code 75 when none lives.
/// SIGPIPE is ignored: a reader that went away must not kill a job. Call once, first thing in main().
void install_signal_handlers();

/// While it lives, SIGINT and SIGTERM call Control::stop() and SIGHUP is ignored: the job goes on without its terminal.
/// One at a time; the control outlives it.
class StopBySignal {
 public:
  explicit StopBySignal(Control& control);
  ~StopBySignal();
  StopBySignal(const StopBySignal&) = delete;
  StopBySignal& operator=(const StopBySignal&) = delete;

 private:
  void (*former_hangup_)(int);
};

}  // namespace pgfill::cli
