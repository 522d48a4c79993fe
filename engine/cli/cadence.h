// When progress is shown: often at first, then seldom. Pure; time comes as an argument.
#pragma once

#include <chrono>
#include <optional>

namespace pgfill::cli {

/// For lines in a log file or a CI job: every second in the first minute, every 5 seconds until the tenth, then every
/// 30. Not thread-safe.
class EasingCadence {
 public:
  /// `elapsed`: since the run began; never goes back. True when a line is due; the caller then prints one.
  bool due(std::chrono::milliseconds elapsed);
  static std::chrono::milliseconds interval_at(std::chrono::milliseconds elapsed);

 private:
  std::chrono::milliseconds last_{0};
};

/// At most one in `interval`: for a block that is redrawn. Not thread-safe.
class FrameLimit {
 public:
  explicit FrameLimit(std::chrono::milliseconds interval) : interval_(interval) {}
  bool due(std::chrono::steady_clock::time_point now);

 private:
  std::chrono::milliseconds interval_;
  std::optional<std::chrono::steady_clock::time_point> last_;
};

}  // namespace pgfill::cli
