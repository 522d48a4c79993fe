// Child processes: start, wait with a deadline, signal, read what they printed. No shell, no terminals.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace pgfill::rig {

/// What to start and how.
struct ProcessSpec {
  enum class Output {
    inherit,  ///< the parent's stdout and stderr
    capture,  ///< kept in memory, readable at any time
    file,     ///< both appended to `output_file`
  };
  std::string program;                 ///< path; PATH is not searched
  std::vector<std::string> arguments;  ///< without the program itself
  /// Added to the inherited environment, of which every PG* and PGFILL_* variable is left out first: whatever the
  /// person has set must not steer a scratch server. But for PGFILL_POSTGRES, which chooses it.
  std::vector<std::pair<std::string, std::string>> environment;
  std::string user;               ///< run as this user, which needs root; empty: as the parent
  std::string working_directory;  ///< empty: the parent's
  Output output = Output::capture;
  std::string output_file;
  bool own_session = false;  ///< the terminal's Ctrl-C does not reach it
  int standard_input = -1;   ///< descriptor to become its stdin; -1: /dev/null
};

/// How a process ended.
struct ProcessEnd {
  int exit_code = 0;  ///< meaningful when signal is 0
  int signal = 0;     ///< the signal that ended it, 0 = it exited by itself
  bool ok() const { return signal == 0 && exit_code == 0; }
};

/// Owns one child process: it is killed and reaped when this object goes. Movable; not thread-safe.
class Process {
 public:
  /// Throws std::system_error when the program cannot be started.
  explicit Process(const ProcessSpec& spec);
  Process(Process&& other) noexcept;
  Process& operator=(Process&& other) noexcept;
  ~Process();

  pid_t pid() const { return pid_; }
  bool running() { return !wait_for(std::chrono::milliseconds{0}); }
  /// Nothing when it still runs after `timeout`. May be called again after the end.
  std::optional<ProcessEnd> wait_for(std::chrono::milliseconds timeout);
  /// Waits, and kills it when `timeout` has passed.
  ProcessEnd finish(std::chrono::milliseconds timeout);
  /// No effect once the end has been seen, so a recycled process id is never hit.
  void signal(int number);
  ProcessEnd kill();

  /// Captured so far.
  std::string standard_output() const;
  std::string standard_error() const;

 private:
  void start(const ProcessSpec& spec);
  void release() noexcept;

  pid_t pid_ = -1;
  int output_ = -1;  ///< descriptors of in-memory files, -1 = not captured
  int error_ = -1;
  std::optional<ProcessEnd> end_;
};

}  // namespace pgfill::rig
