#include "throttle/signals/wal_clock.h"

#include <algorithm>
#include <cmath>

namespace pgfill::throttle {
namespace {

constexpr std::size_t most_marks = 8192;
/// A replica that stands still is taken to replay this much, so that few bytes do not count as hours.
constexpr double least_drain = 1 << 20;
constexpr double averaging_seconds = 2;

double seconds(async::Clock::duration duration) {
  return std::chrono::duration<double>(duration).count();
}

}  // namespace

void WalClock::note(async::TimePoint now, std::int64_t position) {
  if (!marks_.empty() && position < marks_.back().position) marks_.clear();  // another history: a failover
  before_ = marks_.empty() ? 0 : marks_.back().position;
  if (!marks_.empty() && position == marks_.back().position) {
    marks_.back().last_seen = now;
    return;
  }
  marks_.push_back({now, now, position});
  if (marks_.size() > most_marks) marks_.pop_front();
}

double WalClock::age_beyond(std::int64_t position, async::TimePoint now) const {
  const auto beyond = std::find_if(marks_.begin(), marks_.end(), [&](const Mark& m) { return m.position > position; });
  if (beyond == marks_.end()) return 0;
  if (beyond == marks_.begin()) return seconds(now - beyond->first_seen);
  const Mark& before = *std::prev(beyond);
  // Replayed exactly what was there at a mark: what followed may have been written just before the next one.
  if (before.position == position) return seconds(now - beyond->first_seen);
  const double share =
      static_cast<double>(position - before.position) / static_cast<double>(beyond->position - before.position);
  return seconds(now - before.last_seen) - share * seconds(beyond->first_seen - before.last_seen);
}

double ReplicaProgress::take(const WalClock& wal, std::int64_t replayed, async::TimePoint now) {
  const double age = std::max(0.0, wal.age_beyond(replayed, now));
  const bool keeps_up = replayed >= wal.position_before();
  const double passed = replayed_ ? seconds(now - at_) : 0;
  double worst = age;
  if (keeps_up) {
    drain_.reset();
  } else if (passed > 0) {
    const double rate = static_cast<double>(std::max<std::int64_t>(0, replayed - *replayed_)) / passed;
    const double weight = 1 - std::exp(-passed / averaging_seconds);
    drain_ = drain_ ? *drain_ + weight * (rate - *drain_) : rate;
    worst = std::max(age, static_cast<double>(wal.position() - replayed) / std::max(least_drain, *drain_));
  }
  replayed_ = replayed;
  at_ = now;
  return worst;
}

}  // namespace pgfill::throttle
