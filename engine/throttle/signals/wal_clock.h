// How far behind a replica is in time, known from WAL positions alone. Pure: positions and times come in, seconds go
// out.
//
// The primary's position is its own heartbeat: a replica that has not replayed where the primary was a minute ago is a
// minute behind. So a paused replica of a busy primary ages, and nobody is late on an idle one; no table is written for
// it.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>

#include "async/time.h"

namespace pgfill::throttle {

/// Remembers when the primary had reached which position, for about an hour. Not thread-safe; a value.
class WalClock {
 public:
  void note(async::TimePoint now, std::int64_t position);
  /// Age in seconds of the oldest WAL beyond `position`; 0 when there is none. WAL from before the first note counts
  /// from there.
  double age_beyond(std::int64_t position, async::TimePoint now) const;
  std::int64_t position() const { return marks_.empty() ? 0 : marks_.back().position; }
  /// Where the primary was at the note before the last; 0 when there was none.
  std::int64_t position_before() const { return before_; }

 private:
  struct Mark {
    async::TimePoint first_seen;
    async::TimePoint last_seen;
    std::int64_t position = 0;
  };
  std::deque<Mark> marks_;
  std::int64_t before_ = 0;
};

/// One replica's progress. Not thread-safe; a value.
class ReplicaProgress {
 public:
  /// Seconds behind: the worst of the age of what it has not replayed and, while it is not keeping up, the bytes left
  /// over the rate at which it replays. `wal` has been given the primary's position at `now`.
  double take(const WalClock& wal, std::int64_t replayed, async::TimePoint now);

 private:
  std::optional<std::int64_t> replayed_;
  async::TimePoint at_{};
  std::optional<double> drain_;  ///< bytes a second, averaged; measured while it does not keep up
};

}  // namespace pgfill::throttle
