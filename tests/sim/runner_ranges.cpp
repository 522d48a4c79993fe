// What run/workers.cpp and the hooks of run/job_run.cpp carry out, behind the scheduler's seams and without SQL. The
// same machines decide.
#include <algorithm>

#include "sim/runner.h"

namespace pgfill::sim {

using namespace std::chrono_literals;

using Step = work::LeaseSearch::Step;

schedule::Seams Runner::seams() {
  schedule::Seams seams;
  seams.connect = [this](int worker) { return connect(worker); };
  seams.next_range = [this](int worker, std::optional<std::int64_t> again) { return next_range(worker, again); };
  seams.run_range = [this](int worker) { return run_range(worker); };
  seams.failed = [this](const event::BatchFailed& failed) {
    patience_.on_timeline(database_.timeline());
    check(patience_.failed(failed, database_.batches_of(failed.range), async::Clock::now()));
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
  hooks.failed = [] {};
  hooks.range_added = [this] { scheduler_.range_added(); };
  hooks.emit = [](const Event::Body&) {};
  hooks.committed = [this](const work::CommittedBatch& batch) {
    scheduler_.batch_committed();
    reported_ += batch.rows_changed;
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

Task<schedule::NextRange> Runner::next_range(int number, std::optional<std::int64_t> again) {
  Worker& worker = workers_[static_cast<std::size_t>(number)];
  schedule::NextRange next;
  if (again) check(patience_.range_tries(*again, async::Clock::now()));
  work::LeaseSearch search(book_, again);
  std::optional<Lease> leased;
  bool asked = false;
  for (Step step = search.begin(); step != Step::end;) {
    if (step == Step::look_again) {
      co_await async::sleep_for(5ms);
      step = search.begin();
      continue;
    }
    const std::vector<std::int64_t> numbers = book_.known();
    const std::set<std::int64_t> known(numbers.begin(), numbers.end());
    const bool lost = step == Step::ask_lost;
    asked = true;
    Answer answer = co_await ask_lease(worker, again, known, lost);
    if (!answer.ok) {
      note_failure(answer, next.failure.emplace());
      co_return next;
    }
    leased = answer.lease;
    step = search.answered(leased);
  }
  if (leased) take_lease(number, *leased, search.got_on(), next);
  if (!leased && again && asked) patience_.forget(*again);
  co_return next;
}

void Runner::take_lease(int number, const Lease& leased, bool got_on, schedule::NextRange& next) {
  Worker& worker = workers_[static_cast<std::size_t>(number)];
  worker.lease = leased;
  worker.leased_on = database_.timeline();
  next.got_on = got_on;
  next.range = leased.range_id;
  patience_.on_timeline(database_.timeline());
  patience_.leased(number, leased.range_id, database_.batches_of(leased.range_id));
}

Task<RangeOutcome> Runner::run_range(int number) {
  Worker& worker = workers_[static_cast<std::size_t>(number)];
  const std::int64_t range = worker.lease.range_id;
  Outcome outcome = co_await worker.range_executor->run(worker.connection, worker.lease);
  admission_.end_batch(number);
  book_.visited(range, outcome.end);
  const bool finished = outcome.end == Outcome::End::finished && worker.leased_on == database_.timeline();
  if (finished && !database_.is_done(range)) violated("a range is taken for finished and is not done");
  if (outcome.end == Outcome::End::finished || outcome.end == Outcome::End::given_back) {
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
