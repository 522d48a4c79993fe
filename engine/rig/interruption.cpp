#include "rig/interruption.h"

#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <atomic>
#include <string_view>

#include "pgfill/error.h"

namespace pgfill::rig {
namespace {

// A signal handler reaches nothing but globals.
std::atomic<pid_t> child_to_end{0};
static_assert(std::atomic<pid_t>::is_always_lock_free);

/// The job restores the terminal when it is asked to stop; it gets two seconds for that.
void end_child(pid_t child) {
  ::kill(child, SIGTERM);
  const timespec pause{0, 20'000'000};
  for (int tries = 0; tries < 100; ++tries) {
    if (::waitpid(child, nullptr, WNOHANG) != 0) return;
    ::nanosleep(&pause, nullptr);
  }
  ::kill(child, SIGKILL);
}

extern "C" void on_interruption(int) {
  if (const pid_t child = child_to_end.load()) end_child(child);
  constexpr std::string_view farewell = "\nInterrupted: the scratch servers are being stopped and removed.\n";
  [[maybe_unused]] const auto written = ::write(STDERR_FILENO, farewell.data(), farewell.size());
  ::_exit(static_cast<int>(ExitCode::interrupted));
}

}  // namespace

Interruption::Interruption() {
  struct sigaction action {};
  action.sa_handler = on_interruption;
  sigfillset(&action.sa_mask);
  ::sigaction(SIGINT, &action, &former_interrupt_);
  ::sigaction(SIGTERM, &action, &former_terminate_);
  ::sigaction(SIGHUP, &action, &former_hangup_);
}

Interruption::~Interruption() {
  ::sigaction(SIGINT, &former_interrupt_, nullptr);
  ::sigaction(SIGTERM, &former_terminate_, nullptr);
  ::sigaction(SIGHUP, &former_hangup_, nullptr);
  child_to_end = 0;
}

void Interruption::set_child(pid_t child) {
  child_to_end = child;
}

}  // namespace pgfill::rig
