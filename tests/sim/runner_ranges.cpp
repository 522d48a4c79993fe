// The model of run/workers.cpp and of the hooks of run/job_run.cpp, behind the scheduler's seams: the same protocol
// without SQL.
#include <algorithm>

#include "sim/runner.h"

namespace pgfill::sim {

using namespace std::chrono_literals;

schedule::Seams Runner::seams() {
  schedule::Seams seams;
  seams.connect = [this](int worker) { return connect(worker); };
  seams.next_range = [this](int worker, std::optional<std::int64_t> again) { return next_range(worker, again); };
  seams.run_range = [this](int worker) { return run_range(worker); };
  seams.emit = [this](Event::Body body) {
    const auto* failed = std::get_if<event::BatchFailed>(&body);
    if (failed == nullptr) return;
    patience_.on_timeline(database_.timeline());
    check(patience_.failed(*failed, database_.batches_of(failed->range), async::Clock::now()));
  };
  return seams;
}

work::WorkerHooks Runner::hooks() {
  work::WorkerHooks hooks;
  hooks.permit = [this](int worker) { return permit(worker); };
  hooks.aim = [this] {
    const bool stripes_pay = !wishes_one_pass_ && stripe_watch_.pays(async::Clock::now());
    return work::Aim{batch_limits(), batch_time_, stripes_pay};
  };
  hooks.measured = [this](std::int64_t on_page, std::int64_t changed) {
    stripe_watch_.measured(on_page * shape_.rows_for_one, changed * shape_.rows_for_one, async::Clock::now());
  };
  hooks.emit = [this](Event::Body body) {
    if (std::holds_alternative<event::RangeSplit>(body)) scheduler_.range_added();
    const auto* committed = std::get_if<event::BatchCommitted>(&body);
    if (committed == nullptr) return;
    scheduler_.batch_committed();
    reported_ += committed->rows_changed;
    if (reported_ > database_.committed_by(id_)) violated("more rows are reported than are committed");
  };
  return hooks;
}

Task<work::Permit> Runner::permit(int worker) {
  do {
    obey();
    if (!scheduler_.may_work(worker)) {
      admission_.end_batch(worker);
      co_return work::Permit::stop;
    }
    const bool admitted = co_await admission_.begin_batch(worker);
    obey();
    if (!admitted || stopping()) co_return work::Permit::stop;
  } while (!gate_.is_open());
  check_batch();
  co_return scheduler_.wants_split() ? work::Permit::split : work::Permit::go_on;
}

Task<std::optional<RangeOutcome>> Runner::connect(int number) {
  Worker& worker = workers_[static_cast<std::size_t>(number)];
  check(patience_.worker_tries(number, async::Clock::now()));
  if (!worker.connection || worker.connection->broken) worker.connection = co_await database_.connect();
  std::optional<RangeOutcome> refused;
  if (!worker.connection) note_failure(Answer(), refused.emplace());
  co_return refused;
}

/// As Workers::lease: when nothing is free, looks for a range whose lease was lost on the way.
Task<std::optional<Lease>> Runner::lease(int number, std::optional<std::int64_t> again, Outcome& failure) {
  Worker& worker = workers_[static_cast<std::size_t>(number)];
  while (searching_ > 0) co_await async::sleep_for(5ms);
  if (again && running_.contains(*again)) co_return std::nullopt;
  ++leasing_;
  Answer answer = co_await ask_lease(worker, again, known_ranges(), false);
  if (answer.ok && !answer.lease && !again && leasing_ == 1) {
    ++searching_;
    answer = co_await ask_lease(worker, std::nullopt, known_ranges(), true);
    --searching_;
  }
  --leasing_;
  if (!answer.ok) note_failure(answer, failure);
  if (answer.lease) running_.insert(answer.lease->range_id);
  if (answer.ok && !answer.lease && again) {
    known_.erase(*again);
    patience_.forget(*again);
  }
  co_return answer.lease;
}

std::set<std::int64_t> Runner::known_ranges() const {
  std::set<std::int64_t> ranges;
  for (const auto& [range, lease] : known_) ranges.insert(range);
  return ranges;
}

Task<schedule::NextRange> Runner::next_range(int worker, std::optional<std::int64_t> again) {
  schedule::NextRange next;
  if (again) check(patience_.range_tries(*again, async::Clock::now()));
  Outcome failure;
  const std::optional<Lease> leased = co_await lease(worker, again, failure);
  if (leased) {
    const std::int64_t range = leased->range_id;
    workers_[static_cast<std::size_t>(worker)].lease = *leased;
    workers_[static_cast<std::size_t>(worker)].leased_on = database_.timeline();
    const auto before = known_.find(range);
    next.got_on = before != known_.end() && work::has_moved(before->second, *leased);
    known_[range] = *leased;
    next.range = range;
    patience_.on_timeline(database_.timeline());
    patience_.leased(worker, range, database_.batches_of(range));
  } else if (failure.end != Outcome::End::finished) {
    next.failure = std::move(failure);
  }
  co_return next;
}

Task<RangeOutcome> Runner::run_range(int number) {
  Worker& worker = workers_[static_cast<std::size_t>(number)];
  const std::int64_t range = worker.lease.range_id;
  Outcome outcome = co_await worker.range_executor->run(worker.connection, worker.lease);
  admission_.end_batch(number);
  running_.erase(range);
  const bool finished = outcome.end == Outcome::End::finished && worker.leased_on == database_.timeline();
  if (finished && !database_.is_done(range)) violated("a range is taken for finished and is not done");
  if (outcome.end == Outcome::End::finished || outcome.end == Outcome::End::given_back) {
    known_.erase(range);
    patience_.forget(range);
  }
  co_return outcome;
}

/// What must hold whenever a batch begins.
void Runner::check_batch() {
  if (pause_acknowledged_) violated("a batch begins after a pause was acknowledged");
  if (stopping()) violated("a batch begins after a stop");
  if (admission_.running() > admission_.pace().workers) violated("more batches at once than are allowed");
  if (async::Clock::now() > sampled_at_ + 2 * sample_period) violated("a batch begins on samples that are too old");
  const auto over_since = database_.replicas().over_since();
  // One sample, the longest batch, and the way there and back; twice the sample while the sensor is blind or cut off.
  const bool calm = !database_.replicas().blind() && world_.time() > database_.last_trouble + 6s;
  const Duration bound = calm ? 700ms : 1300ms;
  // A runner that begins while a replica is not to be seen does not know that there is one.
  const bool knows = static_cast<int>(seen_replicas_.size()) == shape_.replicas;
  if (knows && over_since && world_.time() - *over_since > bound)
    violated("a batch begins long after the lag passed its limit");
}

}  // namespace pgfill::sim
