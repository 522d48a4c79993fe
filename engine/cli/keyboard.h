// Single keys from the terminal, without waiting and without Enter. Ctrl-C and Ctrl-Z keep their meaning. Does not know
// what the keys do.
#pragma once

#include <optional>

namespace pgfill::cli {

/// One at a time in the process. While it lives, stdin is unbuffered and does not echo; the former mode comes back when
/// it goes, and when the process crashes. Not thread-safe.
class Keyboard {
 public:
  Keyboard();
  ~Keyboard();
  Keyboard(const Keyboard&) = delete;
  Keyboard& operator=(const Keyboard&) = delete;

  /// A key pressed since the last call, if any. In the background it reads nothing, so the shell never stops the
  /// process.
  std::optional<char> poll();

 private:
  void make_raw();
};

/// Brings the terminal's former mode back, if a Keyboard changed it. Async-signal-safe.
void restore_terminal() noexcept;

}  // namespace pgfill::cli
