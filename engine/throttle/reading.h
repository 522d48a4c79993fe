// What one signal says at one moment, and how that is put into words. Values only: no Asio, no clock, no SQL.
#pragma once

#include <optional>
#include <string>

#include "async/time.h"

namespace pgfill::throttle {

/// How a signal is answered.
enum class SignalKind {
  gauge,      ///< a load the job adds to (sessions, commit latency, WAL rate): steers speed smoothly
  lag,        ///< a debt that is paid off later (replica lag): stops hard, is forecast, never parked at
  guardrail,  ///< a danger (disk, wraparound, slots): stops hard, and ends the job when it does not clear
};

/// What the numbers count, for words only.
enum class Unit { count, seconds, bytes, bytes_per_second, share };

/// How bad it is, in rising order.
enum class Severity {
  none,       ///< full speed
  slow,       ///< working, with less effort than allowed
  stop,       ///< no batch may begin
  guardrail,  ///< no batch may begin, and the job ends when this lasts
};

/// Which side of the limit is the bad one.
enum class Bad { above, below };

/// One signal at one moment. A signal that speaks of several things (replicas) gives one reading for each subject.
struct Reading {
  std::string signal;   ///< as the spec calls it, and as a person overrides it: replica_lag
  std::string subject;  ///< which replica, slot or file system; empty when there is one only
  SignalKind kind = SignalKind::gauge;
  std::optional<double> value;  ///< empty: unknown. Not a number, infinite or negative counts as unknown, too
  std::string unknown;          ///< why there is no value: "this role may not see it (GRANT pg_monitor)"
  double limit = 0;             ///< infinite: none
  Bad bad = Bad::above;
  Unit unit = Unit::count;
  async::TimePoint read_at{};
  async::Clock::duration max_age = std::chrono::seconds(2);  ///< two sample periods; older counts as unknown
};

/// The value relative to its limit, 1 = at the limit, more is worse, for either bad side; empty when the value or the
/// limit says nothing.
std::optional<double> utilisation(const Reading& reading);

/// Why the reading says nothing at `now`; empty when it does: the sensor's reason, a value that cannot be, or its age.
std::string why_unknown(const Reading& reading, async::TimePoint now);

/// "replica lag r2 1.9s > 1.5s", "disk /data 30 % free (limit 5 %)", "replica lag r2 unknown: no reading for 4.2s".
std::string sentence(const Reading& reading, async::TimePoint now);

/// "1.9s", "310ms", "256 MiB", "40 MiB/s", "61", "97 %".
std::string quantity(double value, Unit unit);

}  // namespace pgfill::throttle
