// The model of run/workers.cpp and work/range_worker.cpp, behind the scheduler's seams: the same protocol without SQL.
#include <algorithm>

#include "sim/runner.h"

namespace pgfill::sim {

using namespace std::chrono_literals;

namespace {

/// Refused connections are met by next_range here.
async::Task<std::optional<RangeOutcome>> connect_at_once(int) {
  co_return std::nullopt;
}

}  // namespace

schedule::Seams Runner::seams() {
  schedule::Seams seams;
  seams.connect = &connect_at_once;
  seams.next_range = [this](int worker, std::optional<std::int64_t> again) { return next_range(worker, again); };
  seams.run_range = [this](int worker) { return run_range(worker); };
  seams.emit = [this](Event::Body body) {
    const auto* failed = std::get_if<event::BatchFailed>(&body);
    if (failed != nullptr && failed->delay < 25ms) violated("a retry without a pause");
  };
  return seams;
}

bool Runner::note_failure(const Answer& answer, Outcome& outcome) {
  if (answer.ok) return false;
  outcome.end = answer.failure == FailureClass::fenced ? Outcome::End::fenced : Outcome::End::failed;
  outcome.failure = answer.failure;
  outcome.message = answer.message;
  return true;
}

/// As Workers::lease: when nothing is free, looks for a range whose lease was lost on the way.
Task<std::optional<RangeLease>> Runner::lease(int number, std::optional<std::int64_t> again, Outcome& failure) {
  Worker& worker = workers_[static_cast<std::size_t>(number)];
  while (searching_ > 0) co_await async::sleep_for(5ms);
  if (again && running_.contains(*again)) co_return std::nullopt;
  ++leasing_;
  Answer answer = co_await ask_lease(worker, again, known_, false);
  if (answer.ok && !answer.lease && !again && leasing_ == 1) {
    ++searching_;
    answer = co_await ask_lease(worker, std::nullopt, known_, true);
    --searching_;
  }
  --leasing_;
  note_failure(answer, failure);
  if (answer.lease) {
    known_.insert(answer.lease->range);
    running_.insert(answer.lease->range);
  }
  if (answer.ok && !answer.lease && again) known_.erase(*again);
  co_return answer.lease;
}

Task<schedule::NextRange> Runner::next_range(int worker, std::optional<std::int64_t> again) {
  schedule::NextRange next;
  Outcome failure;
  const std::optional<RangeLease> leased = co_await lease(worker, again, failure);
  if (leased) {
    workers_[static_cast<std::size_t>(worker)].lease = *leased;
    next.range = leased->range;
  } else if (failure.end != Outcome::End::finished) {
    next.failure = std::move(failure);
  }
  co_return next;
}

Task<RangeOutcome> Runner::run_range(int number) {
  Worker& worker = workers_[static_cast<std::size_t>(number)];
  Outcome outcome;
  co_await run_batches(worker, number, outcome);
  admission_.end_batch(number);
  running_.erase(worker.lease.range);
  if (outcome.end == Outcome::End::finished || outcome.end == Outcome::End::given_back) {
    known_.erase(worker.lease.range);
  }
  co_return outcome;
}

Task<void> Runner::run_batches(Worker& worker, int number, Outcome& outcome) {
  Batch batch;
  while (co_await admission_.begin_batch(number)) {
    check_batch();
    if (scheduler_.wants_split()) {
      const bool split_well = co_await split(worker, outcome);
      if (!split_well) co_return;
    }
    batch.way = work::Way::direct;
    batch.lease = worker.lease;
    batch.bound =
        static_cast<int>(std::min<std::int64_t>(worker.lease.upper, worker.lease.cursor + worker.sizer->rows()));
    batch.last = batch.bound == worker.lease.upper;
    const Answer answer = co_await run_slice(worker, number, batch);
    if (note_failure(answer, outcome)) co_return;
    world_.trace(static_cast<std::uint64_t>(batch.bound));
    ++outcome.batches;
    outcome.rows_changed += answer.number;
    worker.lease.cursor = batch.bound;
    if (batch.last) co_return;
  }
  outcome.end = Outcome::End::given_back;
  const Answer released = co_await ask_release(worker);
  note_failure(released, outcome);
}

/// One slice: as a batch, and if rows are held, around them.
Task<Answer> Runner::run_slice(Worker& worker, int number, Batch batch) {
  const int rows = batch.bound - batch.lease.cursor;
  for (;;) {
    const TimePoint begun = async::Clock::now();
    const Answer answer = co_await ask_batch(worker, batch);
    if (answer.ok) {
      const auto elapsed = std::chrono::duration_cast<std::chrono::microseconds>(async::Clock::now() - begun);
      if (batch.way == work::Way::direct) worker.sizer->committed(rows, elapsed);
      co_return answer;
    }
    const work::Remedy remedy = work::remedy_for(answer.failure, batch.way, rows, 1, BadRows::Action::stop);
    if (remedy != work::Remedy::around_held) co_return answer;
    batch.way = work::Way::around_held;
    // A pause or a limit meanwhile holds this batch, too.
    if (!co_await admission_.begin_batch(number)) co_return answer;
    check_batch();
  }
}

/// Gives the far half away. False: it failed, and the range must be read again.
Task<bool> Runner::split(Worker& worker, Outcome& outcome) {
  const int left = worker.lease.upper - worker.lease.cursor;
  const int at = worker.lease.cursor + left / 2;
  if (left / 2 < 4 * worker.sizer->rows()) co_return true;
  const Answer answer = co_await ask_split(worker, at);
  if (note_failure(answer, outcome)) co_return false;
  worker.lease.upper = at;
  scheduler_.range_added();
  co_return true;
}

/// What must hold whenever a batch begins.
void Runner::check_batch() {
  if (pause_acknowledged_) violated("a batch begins after a pause was acknowledged");
  if (stopping()) violated("a batch begins after a stop");
  if (admission_.running() > admission_.pace().workers) violated("more batches at once than are allowed");
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
