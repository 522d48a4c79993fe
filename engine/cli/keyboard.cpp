#include "cli/keyboard.h"

#include <poll.h>
#include <termios.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <csignal>

namespace pgfill::cli {

namespace {

// A crash handler reaches nothing but globals.
termios former_mode;
std::atomic<bool> mode_changed{false};

constexpr std::array<int, 6> crash_signals{SIGSEGV, SIGABRT, SIGBUS, SIGFPE, SIGILL, SIGQUIT};

extern "C" void restore_and_crash(int signal) {
  restore_terminal();
  std::signal(signal, SIG_DFL);
  raise(signal);
}

void exchange_crash_handlers(void (*from)(int), void (*to)(int)) {
  for (const int signal : crash_signals) {
    struct sigaction present {};
    // A handler of somebody else, for instance a sanitizer's, stays.
    if (sigaction(signal, nullptr, &present) != 0 || present.sa_handler != from) continue;
    present.sa_handler = to;
    sigaction(signal, &present, nullptr);
  }
}

bool in_foreground() {
  return tcgetpgrp(STDIN_FILENO) == getpgrp();
}

}  // namespace

void restore_terminal() noexcept {
  if (mode_changed.exchange(false)) tcsetattr(STDIN_FILENO, TCSANOW, &former_mode);
}

Keyboard::Keyboard() {
  make_raw();
  exchange_crash_handlers(SIG_DFL, restore_and_crash);
}

Keyboard::~Keyboard() {
  exchange_crash_handlers(restore_and_crash, SIG_DFL);
  restore_terminal();
}

void Keyboard::make_raw() {
  termios mode{};
  if (!in_foreground() || tcgetattr(STDIN_FILENO, &mode) != 0) return;
  if ((mode.c_lflag & static_cast<tcflag_t>(ICANON)) == 0) return;
  former_mode = mode;
  mode.c_lflag &= ~static_cast<tcflag_t>(ICANON | ECHO);
  mode.c_cc[VMIN] = 0;
  mode.c_cc[VTIME] = 0;
  mode_changed = true;
  tcsetattr(STDIN_FILENO, TCSANOW, &mode);
}

std::optional<char> Keyboard::poll() {
  if (!in_foreground()) return std::nullopt;
  make_raw();  // after Ctrl-Z and fg the shell has set its own mode
  pollfd input{STDIN_FILENO, POLLIN, 0};
  char key = 0;
  if (::poll(&input, 1, 0) != 1 || (input.revents & POLLIN) == 0 || read(STDIN_FILENO, &key, 1) != 1)
    return std::nullopt;
  return key;
}

}  // namespace pgfill::cli
