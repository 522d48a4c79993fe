// Keeps a run within what the database bears: reads the signals, asks the controller, and turns
// its decision into a reason of the gate, a number of workers, the length of a batch and a sleep. Gives way to sessions
// that wait for our locks by cancelling our own statements; never touches anybody else's.
#pragma once

#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "control/steering.h"
#include "run/event_log.h"
#include "run/progress_meter.h"
#include "schedule/scheduler.h"
#include "throttle/admission.h"
#include "throttle/make_signals.h"
#include "throttle/sampler.h"
#include "throttle/worker_search.h"

namespace pgfill::run {

/// Not thread-safe: lives on the executor of the scheduler. All it is given outlives it.
class Pressure {
 public:
  Pressure(throttle::SignalContext context, const control::Steering& steering, throttle::Gate& gate,
           throttle::Admission& admission, schedule::Scheduler& scheduler, ProgressMeter& meter, EventLog& events);

  /// Reads the signals that are due, and gives way. Throws Failure when the session is lost: what cannot be read then
  /// grows stale, which closes the gate with that as its reason.
  async::Task<void> sample(postgres::Session& session);
  /// Reads those that ask somebody else than the job's server; beside `sample`.
  async::Task<void> sample_elsewhere();
  /// Lets what holds now take effect, newer limits of a person included. Cheap; silence of the signals shows here too.
  void decide();

  /// The most batches at once: as people ask, else as it was found to pay.
  int workers() const { return steering_.workers() > 0 ? steering_.workers() : search_.workers(); }
  /// How long a batch is to take now; at most what the spec says.
  std::chrono::microseconds batch_time() const { return decision_.pace.batch_time; }
  /// Why the job is slower than it could be; empty at full speed.
  std::string reason() const { return decision_.reasons.empty() ? "" : decision_.reasons.front().sentence; }
  std::vector<throttle::Reading> readings() const { return sampler_->readings(); }
  /// Every signal with its value and limit, the worst first, for people.
  std::string signals() const;
  /// Who keeps dead rows of the table alive the longest; empty: nobody that matters, or not known.
  std::string holder_of_versions() const;
  /// The table's growth relative to its limit; empty: there is none, or it is not known yet.
  std::optional<double> growth_used() const;
  /// Bytes of the WAL budget that are used, by former runners too.
  std::int64_t wal_used() const;

 private:
  throttle::ControllerLimits limits() const;
  /// The first of the signal's readings.
  std::optional<throttle::Reading> reading_of(std::string_view signal) const;
  WaitReason wait_reason() const;
  void begin_sampling();
  void look_for_workers(async::TimePoint now);
  void report_pace();
  void report_unwatched();
  async::Task<void> give_way(postgres::Session& session);

  throttle::SignalContext context_;
  const control::Steering& steering_;
  throttle::Gate& gate_;
  throttle::Admission& admission_;
  schedule::Scheduler& scheduler_;
  ProgressMeter& meter_;
  EventLog& events_;
  Throttle present_;  ///< the limits that sampler_ was made with
  std::shared_ptr<throttle::Sampler> sampler_;
  throttle::Decision decision_;
  throttle::WorkerSearch search_{first_workers, most_found_workers};
  async::TimePoint searched_at_ = async::Clock::now();
  throttle::Severity reported_ = throttle::Severity::none;
  std::string reported_signal_;
  std::set<std::string> reported_unwatched_;
  async::TimePoint reported_at_{};
};

}  // namespace pgfill::run
