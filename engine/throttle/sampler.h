// Reads every signal when it is due and feeds the controller; asked for a decision, adds what only the signals
// themselves know: what has not been read yet, and the most effort they allow.
#pragma once

#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "throttle/controller.h"
#include "throttle/signals/signal.h"

namespace pgfill::throttle {

/// Not thread-safe: lives on the executor of the scheduler.
class Sampler {
 public:
  Sampler(const ControllerLimits& limits, std::vector<std::unique_ptr<Signal>> signals);

  /// Reads the signals that are due, one after the other. A failing one counts as unknown with the server's words.
  /// Throws postgres::Failure when the connection is lost; what could not be read then grows stale.
  async::Task<void> sample(postgres::Session& session);
  /// The same for those that ask somebody else: may take seconds, and throws nothing.
  async::Task<void> sample_elsewhere();
  /// What holds at `now`, which never goes back. Before the first whole sample no batch may begin.
  Decision decide(async::TimePoint now);

  /// Limits and overrides are set here, not there.
  Controller& controller() { return controller_; }
  void set_limits(const ControllerLimits& limits);
  /// Signals by name that a person lets be ignored: they hold nothing back, known or not.
  void set_overrides(std::set<std::string> signals);

  /// The newest readings, for people.
  std::vector<Reading> readings() const;
  /// The worst replica's WAL still to replay; empty when there is no replica or it is unknown.
  std::optional<std::int64_t> replica_lag_bytes() const;
  /// Server processes of ours that others have waited for too long.
  std::vector<int> backends_in_the_way() const;
  /// Signals that cannot be watched here and hold nothing back, each with its reason: to be reported once.
  std::vector<std::string> not_watched() const;

 private:
  struct Watched {
    std::unique_ptr<Signal> signal;
    async::TimePoint due{};
    bool read = false;
    std::vector<Reading> readings;
  };

  static bool is_due(Watched& watched);
  void take(Watched& watched, std::vector<Reading> readings);
  bool overridden(const Watched& watched) const { return overrides_.contains(watched.signal->name()); }
  void add_unread(Decision& decision, async::TimePoint now) const;
  struct Cap {
    const Watched* by = nullptr;
    EffortCap allowed;
  };
  Cap tightest_cap() const;
  void tell_cap(Decision& decision, const Cap& cap, async::TimePoint now);

  ControllerLimits limits_;
  Controller controller_;
  std::set<std::string> overrides_;
  std::vector<Watched> watched_;
  std::optional<async::TimePoint> capped_since_;
};

}  // namespace pgfill::throttle
