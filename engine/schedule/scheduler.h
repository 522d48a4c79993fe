// A bounded set of workers that pull ranges until none is left: the coroutines that do what a WorkPlan decides. No SQL,
// no sessions: ranges come from and go to the callables it is given.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <random>
#include <string>

#include "async/task_group.h"
#include "pgfill/event.h"
#include "schedule/work_plan.h"
#include "throttle/gate.h"
#include "work/range_outcome.h"

namespace pgfill::schedule {

/// What the scheduler calls; outlives it. Neither throws for failures of the database.
struct Seams {
  /// Makes a worker able to lease, a connection for instance; the failure, if it cannot. It holds no range meanwhile,
  /// so the job may end without it.
  std::function<async::Task<std::optional<RangeOutcome>>(int worker)> connect;
  /// Leases a free range, or `again` anew, for a worker (0-based).
  std::function<async::Task<NextRange>(int worker, std::optional<std::int64_t> again)> next_range;
  /// Runs the range leased last by this worker.
  std::function<async::Task<RangeOutcome>(int worker)> run_range;
  /// A range or a worker is tried again after this.
  std::function<void(event::BatchFailed)> failed;
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
  bool may_work(int worker) const { return plan_.may_work(worker); }

  /// Runs until every range is done, stop() was called or a range failed for good; then no worker runs any more. May be
  /// called again when there is work again.
  async::Task<Ending> run();

  /// No new range, no new batch; run() returns when the present batches have ended.
  void stop();
  /// As stop, because of a failure seen elsewhere.
  void fail(RangeOutcome failure, std::optional<std::int64_t> range = {});
  /// Ends every task at its next suspension; what is in flight is decided by the ledger later.
  void abandon() { group_.cancel(); }

  bool stopping() const { return plan_.stopping(); }
  /// Why it stops; meaningful while stopping.
  Ending ending() const { return plan_.ending(); }
  /// A worker is idle and would be glad of half a range.
  bool wants_split() const { return plan_.wants_split(); }
  /// A new range is in the ledger.
  void range_added() {
    plan_.range_added();
    changed_.notify_all();
  }
  /// Some worker has committed a batch: the database is there, whatever one worker meets.
  void batch_committed() { plan_.batch_committed(); }

  int busy() const { return plan_.busy(); }
  /// What a range waits for before it is tried again, or what keeps every worker from work; empty when there is
  /// nothing.
  std::string waiting_for() const { return plan_.waiting_for(); }

 private:
  async::Task<void> work(int worker);
  async::Task<bool> find_work(int worker);
  async::Task<void> wait_for_gate(int worker);
  async::Task<bool> wait_for_work();
  async::Task<void> pause_worker(int worker, RangeOutcome failure, bool no_session = false);
  void settle(std::int64_t range, int worker, const RangeOutcome& outcome);
  void spawn_workers();
  void wake_all();

  throttle::Gate& gate_;
  Seams seams_;
  WorkPlan plan_;
  async::TaskGroup group_;
  async::Condition changed_;
  int spawned_ = 0;  ///< workers that run() has begun, those that wait for may_work() included
};

}  // namespace pgfill::schedule
