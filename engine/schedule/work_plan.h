// Decides what each worker of a job does next: lease a range, try a failed one again, wait, or leave because nothing is
// left; and how many workers there are, and when a failure is the end. Pure: no I/O, no clock, no SQL. Times come in,
// and its random numbers follow from a seed. scheduler.h does what it says.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <random>
#include <set>
#include <string>

#include "async/time.h"
#include "pgfill/event.h"
#include "schedule/retry_policy.h"
#include "work/range_outcome.h"

namespace pgfill::schedule {

/// The answer to "give this worker a range".
struct NextRange {
  std::optional<std::int64_t> range;    ///< leased to the worker
  bool got_on = false;                  ///< a range leased again: it is further than where it was leased last
  std::optional<RangeOutcome> failure;  ///< why none could be leased; without it and without a range: none is free
};

/// How it all ended.
struct Ending {
  enum class How { all_done, stopped, failed };
  How how = How::all_done;
  RangeOutcome failure;               ///< when failed
  std::optional<std::int64_t> range;  ///< that failed
};

/// Not thread-safe; a value.
class WorkPlan {
 public:
  /// `workers`: at once, at least 1. `seed`: of the jitter of the pauses.
  WorkPlan(int workers, unsigned seed) : workers_(workers), random_(seed) {}

  /// All workers begin anew; not while a run is under way.
  void begin_run();
  /// No worker runs any more.
  Ending end_run();
  bool run_under_way() const { return running_; }

  /// False: as many as before.
  bool set_workers(int workers);
  int workers() const { return workers_; }
  bool may_work(int worker) const { return worker < workers_; }

  void stop();
  void fail(RangeOutcome failure, std::optional<std::int64_t> range);
  bool stopping() const { return ending_.has_value(); }
  Ending ending() const { return ending_.value_or(Ending{Ending::How::stopped, {}, {}}); }
  /// Nothing more is begun.
  bool over() const { return stopping() || drained_; }

  /// What a worker asks the ledger for; it counts as busy until leased() or ran() says otherwise.
  struct Request {
    std::optional<std::int64_t> again;  ///< a range that failed and is due; empty: any free one
    std::int64_t freed = 0;             ///< what has been given back or added so far
  };
  Request ask(async::TimePoint now);
  /// What the worker does after the answer.
  enum class Then {
    run,         ///< the range, then ran()
    settle,      ///< the range that was due, with the failure
    pause,       ///< since it could not even lease
    look_again,  ///< at once: what was asked may be wrong by now
    wait,        ///< until something changes: nothing is free
  };
  struct Next {
    Then then = Then::wait;
    bool wakes_others = false;  ///< they may have waited for this worker, which has to wait itself
  };
  Next leased(int worker, const Request& request, const NextRange& answer);
  void ran();
  /// How a visit to a range ended. Answers what is reported of a range that is tried again; empty: it is not, or the
  /// job ends with it.
  std::optional<event::BatchFailed> settle(std::int64_t range, int worker, const RangeOutcome& outcome,
                                           async::TimePoint now);
  /// A worker that could not lease, or with `no_session` not even connect. Answers its pause; empty: the job ends.
  struct Pause {
    event::BatchFailed failed;
    async::TimePoint until;
  };
  std::optional<Pause> refuse(int worker, const RangeOutcome& failure, bool no_session, async::TimePoint now);

  /// A worker begins to wait; until when at most. Empty: nothing ever will be free, so the job is done.
  std::optional<async::TimePoint> begin_wait();
  void end_wait();

  bool wants_split() const { return idle_ > 0; }
  void range_added() { ++freed_; }
  void batch_committed() { outage_since_.reset(); }
  int busy() const { return busy_; }
  std::string waiting_for() const;

 private:
  /// A range that failed and is due again.
  struct Again {
    async::TimePoint due;
    int attempts = 0;
    bool waiting = false;
    std::string why;
    SlowTries slow = {};
  };
  /// A worker that could not lease.
  struct Refused {
    int attempts = 0;  ///< since it had a range
    std::string why;   ///< empty: it may lease again
  };

  void note_lease(int worker, const NextRange& next);
  std::optional<std::int64_t> due_again(async::TimePoint now);
  void forgive(std::int64_t range);
  bool outage_too_long(const RangeOutcome& outcome, async::TimePoint now);
  bool others_connected() const;
  std::chrono::milliseconds delay(FailureClass failure, int attempts);

  int workers_;
  bool running_ = false;
  std::map<std::int64_t, Again> again_;
  std::map<int, Refused> refused_;  ///< by worker, until it has a range
  std::optional<async::TimePoint> outage_since_;
  std::set<int> connected_;       ///< workers that have used their sessions since they last asked for one
  std::optional<Ending> ending_;  ///< set by stop() and fail() only
  bool drained_ = false;          ///< no range is left
  std::int64_t freed_ = 0;        ///< how often a range has become free: what was asked before may be wrong
  int idle_ = 0;
  int busy_ = 0;
  std::minstd_rand random_;
};

}  // namespace pgfill::schedule
