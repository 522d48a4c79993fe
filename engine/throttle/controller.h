// The throttle law: from what the signals say to how hard the job may work. Pure: no Asio, no clock, no SQL. Readings
// and the time come in as arguments, a Decision comes out; it measures nothing and acts on nothing.
//
// Applications feel the length of a batch and the number of concurrent batches far more than the total work, so less
// effort first means shorter batches, then fewer workers, then sleep.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "throttle/effort.h"
#include "throttle/pace.h"
#include "throttle/reading.h"
#include "throttle/signal_watch.h"

namespace pgfill::throttle {

/// One signal that holds the job back.
struct Reason {
  std::string signal;  ///< its name; "recovery" while speed comes back and nothing presses any more
  Severity severity = Severity::none;
  std::string sentence;      ///< signal, value, limit
  async::TimePoint since{};  ///< since when it is this severe
  std::string subject = {};  ///< as in Reading
  std::optional<double> value = {};
  std::optional<double> limit = {};
};

/// What holds from now on. Always finite and within the limits, whatever was read.
struct Decision {
  Severity severity = Severity::none;
  Pace pace;                    ///< at least one worker, also while stopped
  double effort = 1;            ///< share of the free rate that the pace amounts to, roughly; (0, 1]
  bool give_up = false;         ///< a guardrail has not cleared within its patience
  std::vector<Reason> reasons;  ///< the worst first; empty when the severity is none
  /// When the first of the readings it relies on becomes too old: it does not hold longer.
  async::TimePoint valid_until = async::TimePoint::max();

  bool may_begin() const { return severity < Severity::stop; }
};

/// Feeds on readings; decides when asked. Lag stops at its limit and opens again at half of it; a guardrail opens at 80
/// % of its limit; a gauge stops at twice its limit and opens below it. A signal is expected from its first reading on:
/// silence makes it unknown, and unknown is over the limit. Not thread-safe; a value without outside references.
class Controller {
 public:
  explicit Controller(const ControllerLimits& limits);

  /// The newest reading of its signal and subject. Feed an unknown one at start, so that nothing begins unseen.
  void take(const Reading& reading);
  /// The signal, or one subject of it, is not expected any more (a failover, a changed spec).
  void forget(const std::string& signal);
  void forget(const std::string& signal, const std::string& subject);
  /// Signals by name that a person lets be ignored: they hold nothing back, known or not.
  void set_overrides(std::set<std::string> signals) { overrides_ = std::move(signals); }
  void set_limits(const ControllerLimits& limits);
  /// No more effort than this, for a reason that is none of the signals'; empty: none.
  void set_most_effort(double most, const std::string& reason);

  /// What holds at `now`, which never goes back. May be asked at any time; speed changes by the time that has passed.
  Decision decide(async::TimePoint now);

 private:
  using Name = std::pair<std::string, std::string>;  ///< signal, subject

  /// How severe a signal is, and since when.
  struct Since {
    Severity severity = Severity::none;
    async::TimePoint at;
  };

  bool collect(async::TimePoint now, Decision& decision, double& pressure);
  void explain_recovery(async::TimePoint now, Decision& decision);

  ControllerLimits limits_;
  std::map<Name, SignalWatch> watches_;
  std::set<std::string> overrides_;
  Effort effort_;
  std::map<Name, Since> since_;  ///< signals more severe than none
  std::optional<async::TimePoint> decided_at_;
  std::optional<async::TimePoint> recovering_since_;
  std::string held_by_;  ///< the sentence of the signal that held the job back last
};

}  // namespace pgfill::throttle
