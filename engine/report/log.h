// The log: one JSON object a line with the fields ts, level, msg, job, range, sqlstate, reason, duration_ms, written by
// spdlog to a file or to stderr. A log that cannot be written never stops a job: lost lines are counted. Does not
// decide what happens, only tells it.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "pgfill/event.h"
#include "pgfill/result.h"

namespace pgfill::report {

enum class LogLevel { debug, info, warning, error };

/// "debug", "info", "warning" or "error".
const char* log_level_name(LogLevel level);
/// The least level at which the event is logged: every batch at debug, changes of state at info.
LogLevel level_of(const Event& event);
/// The event as its log line, without the line break. Fields that have no meaning for the event are left out.
std::string log_line(const Event& event);

/// Not thread-safe: used from the thread that runs the job.
class Log {
 public:
  /// `target`: a file, appended to, or "-" for stderr. Events below `least` are not written. Error: usage, when the
  /// file cannot be opened.
  static Result<std::unique_ptr<Log>> open(const std::string& target, LogLevel least);
  ~Log();
  Log(const Log&) = delete;
  Log& operator=(const Log&) = delete;

  /// Writes the event and flushes. Never throws; a line that cannot be written is counted.
  void write(const Event& event) noexcept;
  /// Lines that could not be written, for instance because the disk is full.
  std::int64_t lost() const;

 private:
  struct Sink;
  explicit Log(std::unique_ptr<Sink> sink);
  std::unique_ptr<Sink> sink_;
};

}  // namespace pgfill::report
