// Follows one signal from reading to reading: is it over, with hysteresis; where is it going; how hard does it press.
// Pure: no Asio, no clock, no SQL.
#pragma once

#include <deque>
#include <string>

#include "throttle/reading.h"

namespace pgfill::throttle {

/// What one signal asks for.
struct Judgement {
  Severity severity = Severity::none;
  double pressure = 0;   ///< on the scale of throttle/effort.h; finite; 0 while it stops
  bool load = false;     ///< it stops because of a value, not because nothing is known
  std::string sentence;  ///< when more severe than none
};

/// Not thread-safe; a value.
class SignalWatch {
 public:
  /// Readings older than the newest are left out.
  void take(const Reading& reading);
  /// May be asked at any time; time only makes a reading stale.
  Judgement judge(async::TimePoint now);
  const Reading& newest() const { return reading_; }
  /// Until when the newest reading counts.
  async::TimePoint stale_after() const { return reading_.read_at + reading_.max_age; }

 private:
  void follow(double value, async::TimePoint at);
  Judgement steer(async::TimePoint now) const;
  std::string forecast() const;

  Reading reading_;
  bool taken_ = false;
  bool over_ = false;            ///< it stops, until it is well under its limit
  std::deque<double> newest_;    ///< the last three, relative to the limit
  double smooth_ = 0;            ///< median of those, averaged over about a second
  double slope_ = 0;             ///< of a lag, per second, averaged
  async::TimePoint known_at_{};  ///< of the last known value
};

}  // namespace pgfill::throttle
