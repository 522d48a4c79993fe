#include "cli/signals.h"

#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <csignal>

#include "cli/keyboard.h"

namespace pgfill::cli {

namespace {

// A signal handler reaches nothing but globals.
std::atomic<Control*> steered{nullptr};
static_assert(std::atomic<Control*>::is_always_lock_free);

extern "C" void on_stop_signal(int) {
  const int kept_errno = errno;
  if (Control* control = steered.load()) {
    control->stop();
  } else {
    restore_terminal();
    _exit(static_cast<int>(ExitCode::interrupted));
  }
  errno = kept_errno;
}

}  // namespace

void install_signal_handlers() {
  struct sigaction action {};
  action.sa_handler = on_stop_signal;
  sigemptyset(&action.sa_mask);
  action.sa_flags = SA_RESTART;
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
}

StopBySignal::StopBySignal(Control& control) : former_hangup_(std::signal(SIGHUP, SIG_IGN)) {
  steered = &control;
}

StopBySignal::~StopBySignal() {
  steered = nullptr;
  std::signal(SIGHUP, former_hangup_);
}

}  // namespace pgfill::cli
