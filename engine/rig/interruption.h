// What Ctrl-C and SIGTERM do while the demo runs: end the job's process, then this one with exit code 75. The cluster's
// guardian sees that and stops the servers, wherever the demo was.
#pragma once

#include <signal.h>
#include <sys/types.h>

namespace pgfill::rig {

/// One at a time; puts the former handlers back when it goes.
class Interruption {
 public:
  Interruption();
  ~Interruption();
  Interruption(const Interruption&) = delete;
  Interruption& operator=(const Interruption&) = delete;

  /// The process to end first; 0 = none.
  static void set_child(pid_t child);

 private:
  struct sigaction former_interrupt_ {};
  struct sigaction former_terminate_ {};
  struct sigaction former_hangup_ {};
};

}  // namespace pgfill::rig
