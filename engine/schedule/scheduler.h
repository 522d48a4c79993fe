// Which range next, how many at once, when again: a bounded set of workers that pull ranges until none is left. No SQL,
// no sessions: ranges come from and go to the two callables it is given.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <random>
#include <set>
#include <vector>

#include "async/task_group.h"
#include "pgfill/event.h"
#include "pgfill/range.h"
#include "schedule/retry_policy.h"
#include "throttle/gate.h"

namespace pgfill::schedule {

/// The answer to "give this worker a range".
struct NextRange {
  std::optional<std::int64_t> range;    ///< leased to the worker
  bool got_on = false;                  ///< a range leased again: it is further than where it was leased last
  std::optional<RangeOutcome> failure;  ///< why none could be leased; without it and without a range: none is free
};

/// What the scheduler calls; outlives it. Neither throws for failures of the database.
struct Seams {
  /// Makes a worker able to lease, a connection for instance; the failure, if it cannot. It holds no range meanwhile,
  /// so the job may end without it.
  std::function<async::Task<std::optional<RangeOutcome>>(int worker)> connect;
  /// Leases a free range, or `again` anew, for a worker (0-based).
  std::function<async::Task<NextRange>(int worker, std::optional<std::int64_t> again)> next_range;
  /// Runs the range leased last by this worker.
  std::function<async::Task<RangeOutcome>(int worker)> run_range;
  std::function<void(Event::Body)> emit;
};

/// How it all ended.
struct Ending {
  enum class How { all_done, stopped, failed };
  How how = How::all_done;
  RangeOutcome failure;               ///< when failed
  std::optional<std::int64_t> range;  ///< that failed
};

/// Not thread-safe: lives on one executor.
class Scheduler {
 public:
  /// `seed` of the jitter of its pauses.
  Scheduler(boost::asio::any_io_executor executor, throttle::Gate& gate, Seams seams, int workers,
            unsigned seed = std::random_device{}());

  /// From now on so many workers at once, at least 1: those above give their range back and wait.
  void set_workers(int workers);
  /// May this worker (0-based) work now?
  bool may_work(int worker) const { return worker < workers_; }

  /// Runs until every range is done, stop() was called or a range failed for good; then no worker runs any more. May be
  /// called again when there is work again.
  async::Task<Ending> run();

  /// No new range, no new batch; run() returns when the present batches have ended.
  void stop();
  /// As stop, because of a failure seen elsewhere.
  void fail(RangeOutcome failure, std::optional<std::int64_t> range = {});
  /// Ends every task at its next suspension; what is in flight is decided by the ledger later.
  void abandon() { group_.cancel(); }

  bool stopping() const { return ending_.has_value(); }
  /// Why it stops; meaningful while stopping.
  Ending ending() const { return ending_.value_or(Ending{Ending::How::stopped, {}, {}}); }
  /// A worker is idle and would be glad of half a range.
  bool wants_split() const { return idle_ > 0; }
  /// A new range is in the ledger.
  void range_added() {
    ++freed_;
    changed_.notify_all();
  }
  /// Some worker has committed a batch: the database is there, whatever one worker meets.
  void batch_committed() { outage_since_.reset(); }

  int busy() const { return busy_; }
  /// What a range waits for before it is tried again, or what keeps every worker from work; empty when there is
  /// nothing.
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

  async::Task<void> work(int worker);
  async::Task<void> wait_for_gate(int worker);
  void spawn_workers();
  async::Task<bool> wait_for_work();
  void note_lease(int worker, const NextRange& next);
  std::optional<std::int64_t> due_again();
  void settle(std::int64_t range, int worker, const RangeOutcome& outcome);
  async::Task<void> pause_worker(int worker, RangeOutcome failure, bool no_session = false);
  bool others_connected() const;
  void forgive(std::int64_t range);
  bool outage_too_long(const RangeOutcome& outcome);

  throttle::Gate& gate_;
  Seams seams_;
  int workers_;
  async::TaskGroup group_;
  async::Condition changed_;
  std::map<std::int64_t, Again> again_;
  int spawned_ = 0;  ///< workers that run() has begun, those that wait for may_work() included
  bool running_ = false;
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
