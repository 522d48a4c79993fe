// What people want of this run, from the process itself (Control) and from the ledger (requests): turned into reasons
// of the gate, a stop, and a spec with other numbers in it. Asks and answers nothing itself: the run of the job reads
// the requests and acknowledges them.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>

#include "async/clock.h"
#include "ledger/request.h"
#include "pgfill/event.h"
#include "pgfill/job.h"
#include "schedule/scheduler.h"
#include "throttle/gate.h"

namespace pgfill::control {

/// Not thread-safe: lives on the executor of the scheduler. All it is given outlives it.
class Steering {
 public:
  /// `workers`: asked for on the command line, 0 = as the spec says. `one_at_a_time`: why no batch may run beside
  /// another one, whatever number is asked for; empty: they may.
  Steering(const JobSpec& spec, int workers, std::string one_at_a_time, Control& control, throttle::Gate& gate,
           schedule::Scheduler& scheduler, std::function<void(Event::Body)> emit);

  /// Does what the Control asks for since the last call. Cheap: asked before each batch.
  void obey();
  /// Takes over what the ledger's request says; true when it is a newer one, to be acknowledged now.
  bool take(const ledger::Request& request);

  /// The spec as it holds now.
  const JobSpec& spec() const { return live_; }
  /// The most workers as of now; 0: nobody has asked for a number.
  int workers() const;
  /// Never more than these.
  int most_workers() const { return workers() > 0 ? workers() : most_found_workers; }
  /// Calls of Control::stop so far, and when the first was seen.
  int stops() const { return stops_; }
  std::optional<async::TimePoint> stop_asked() const { return stop_asked_; }
  bool cancelled() const { return request_.cancelled; }
  const ledger::Request& request() const { return request_; }

 private:
  void take_settings();
  void stop(const std::string& by);

  const JobSpec& spec_;
  int workers_;
  std::string one_at_a_time_;
  Control& control_;
  throttle::Gate& gate_;
  schedule::Scheduler& scheduler_;
  std::function<void(Event::Body)> emit_;
  JobSpec live_;
  ledger::Request read_;                     ///< as the ledger had it last
  ledger::Request request_;                  ///< what holds
  std::map<std::string, std::string> held_;  ///< the last value of each field that could be taken
  int obeyed_ = 0;
  int stops_ = 0;
  std::optional<async::TimePoint> stop_asked_;
};

/// "paused by ana: checkout latency".
std::string paused_sentence(const ledger::Request& request);
/// Why a job may not begin: somebody has paused or cancelled it. Nothing when it may.
std::optional<Error> forbidden(const ledger::Request& request, const std::string& job);

}  // namespace pgfill::control
