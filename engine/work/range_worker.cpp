#include "work/range_worker.h"

#include <algorithm>

#include "work/batch_commands.h"
#include "work/statements.h"

namespace pgfill::work {
namespace {

using async::Task;
using ledger::Lease;
using postgres::Command;
using postgres::Parameters;
using postgres::Rows;

/// Batches of a range for one that tells how much it wrote out of line.
constexpr std::int64_t batches_for_a_count = 16;

/// By what is counted before and after.
std::int64_t toast_bytes(const Rows& before, const Rows& after) {
  constexpr std::int64_t chunk = 2032;  // TOAST_MAX_CHUNK_SIZE with its tuple header and line pointer
  return (after.integer(0, 0) - before.integer(0, 0)) * chunk;
}

/// What is left above the cursor of a range without an end may be what its own batches have inserted, one for one. So
/// it is begun only when there is something to do in it.
bool looks_before_the_end(const JobWork& job) {
  return job.may_insert && !job.by_position;
}

/// By the heap, what the job adds to the file is gone over as well, unless that is more than there can be.
bool goes_on_and_on(const JobWork& job, const Lease& lease) {
  return job.by_position && has_grown_too_long(lease, job.estimated_rows);
}

}  // namespace

RangeWorker::RangeWorker(const JobWork& job, int number, WorkerHooks hooks, Refusals& refusals)
    : job_(job),
      number_(number),
      hooks_(std::move(hooks)),
      refusals_(refusals),
      sizer_(job.limits, job.row_bytes),
      snapshot_(job.reads_other_rows),
      read_ahead_(job) {}

Task<RangeOutcome> RangeWorker::run(postgres::Session& session, Lease lease) {
  RangeOutcome outcome;
  memory_.forget();
  effect_ = {};
  try {
    co_await run_batches(session, lease, outcome);
  } catch (const postgres::Failure& failure) {
    note_failure(failure, outcome);
    if (outcome.failure == FailureClass::fenced) outcome.end = RangeOutcome::End::fenced;
    // Also what looks for the next slice may have taken too long.
    if (outcome.failure == FailureClass::slow) sizer_.too_slow(sizer_.rows());
  }
  co_return outcome;
}

Task<void> RangeWorker::run_batches(postgres::Session& session, Lease& lease, RangeOutcome& outcome) {
  Step step;
  bool gave_away = false;
  while (!step.range_ended) {
    // Asked anew after whatever took time: no batch may begin after a pause has been acknowledged.
    const Permit permit = co_await hooks_.permit(number_);
    if (permit == Permit::stop) {
      outcome.end = RangeOutcome::End::given_back;
      co_await ledger::release(session, lease);
      co_return;
    }
    const Aim aim = hooks_.aim();
    sizer_.aim(aim.limits, aim.time, aim.row_time);
    stripes_pay_ = aim.stripes_pay;
    if (!step.slice) {
      step.slice = co_await first_slice(session, lease);
    } else if (permit == Permit::split && !gave_away) {
      co_await split(session, lease, *step.slice);
      gave_away = true;
    } else if (!step.slice->bound || goes_on_and_on(job_, lease)) {
      step.slice = co_await prove_end(session, lease);
      step.range_ended = !step.slice->bound;
    } else {
      if (step.way == Way::direct) step.way = first_way(sizer_.expected(step.slice->at_most), job_.direct_patience);
      step = co_await advance(session, lease, std::move(step), outcome);
      gave_away = false;
    }
  }
  hooks_.emit(event::RangeFinished{lease.range_id, outcome.rows_changed});
}

/// A batch tells now and then how much it writes out of line. The server counts over transactions, so it is asked
/// before and after.
void RangeWorker::add_toast_count(std::vector<Command>& commands, bool counts) const {
  if (counts) commands.push_back({sql::work_toast_written, Parameters{std::to_string(job_.toast_oid)}});
}

/// The step's slice as a batch; answers the next step, another way over the same slice when it failed for its rows.
Task<RangeWorker::Step> RangeWorker::advance(postgres::Session& session, Lease& lease, Step step,
                                             RangeOutcome& outcome) {
  const Slice& slice = *step.slice;
  Step after;
  after.range_ended = position_after(lease, slice, job_.stripes).done;
  std::optional<postgres::Failure> failure;
  try {
    std::optional<Slice> next = co_await run_batch(session, lease, slice, step.way, outcome);
    after.slice = std::move(next);
    co_return after;
  } catch (const postgres::Failure& thrown) {
    failure = thrown;
  }
  memory_.leave_track();
  const RowPlace place{lease.range_id, lease.cursor, lease.stripe};
  const FailureClass what = refusals_.judge(*failure, slice.at_most, place, async::Clock::now());
  if (what == FailureClass::shrink && !failure->of_job) throw postgres::Failure(*failure);
  switch (remedy(what, step, *failure)) {
    case Remedy::around_held:
      step.way = Way::around_held;
      co_return step;
    case Remedy::smaller:
      take_less(lease, slice, what, *failure);
      co_return Step();
    case Remedy::set_aside:
    case Remedy::none:
      break;
  }
  if (what != FailureClass::shrink && what != FailureClass::slow) throw postgres::Failure(*failure);
  const bool passed = co_await pass_bad_row(session, lease, slice, *failure);
  co_return passed ? after : Step();
}

void RangeWorker::begin_pass(Lease& lease) {
  lease.stripes = stripes_of_pass(lease, job_.stripes, stripes_pay_);
  memory_.begin(job_.stripes > 1 && lease.stripes == 1);
}

/// To walk for the next slice.
std::int64_t RangeWorker::slice_rows(const Lease& lease) const {
  return std::min(
      {sizer_.rows(), snapshot_.rows(), longest_slice(lease, job_.estimated_rows, job_.stripes, job_.limits.min_rows)});
}

/// What the ledger has as committed.
void RangeWorker::move_on(Lease& lease, const Slice& slice, std::int64_t changed) {
  const ledger::Position position = position_after(lease, slice, job_.stripes);
  lease.cursor = position.cursor;
  lease.stripe = position.stripe;
  lease.stripes = position.stripes;
  lease.rows_walked += slice.ends_with_the_table() ? changed : slice.probable_rows();
}

/// Asks for the key `rows` rows of the pass above `from`; without an upper bound also for the largest key, the bound of
/// a remainder.
void RangeWorker::add_walk(std::vector<Command>& commands, const std::optional<Key>& from, const Lease& lease) const {
  const sql::Sides sides = sides_of(from, lease.keys.upper);
  Parameters parameters = slice_parameters(job_, lease, from, lease.keys.upper);
  parameters.push_back(std::to_string(slice_rows(lease)));
  commands.push_back({job_.statements.nth_key(sides), std::move(parameters)});
  if (!lease.keys.upper && !looks_before_the_end(job_))
    commands.push_back({job_.statements.last_key(sides), key_parameters(from, lease.keys.upper)});
}

Slice RangeWorker::slice_from(const std::vector<Rows>& answers, std::size_t first, const KeyRange& keys,
                              std::int64_t walked) const {
  const std::size_t size = job_.cursor_size();
  if (!answers[first].empty()) return {key_at(answers[first], 0, size), walked, walked, false};
  if (keys.upper) return {keys.upper, 0, walked, true};
  if (looks_before_the_end(job_)) return {};
  const Rows& largest = answers[first + 1];
  if (!largest.empty()) return {key_at(largest, 0, size), 0, walked, false};
  return {};
}

Task<Slice> RangeWorker::first_slice(postgres::Session& session, Lease& lease) {
  if (at_begin_of_pass(lease)) begin_pass(lease);
  if (std::optional<Slice> known = memory_.next(slice_rows(lease))) co_return *known;
  std::optional<Slice> ahead;
  if (read_ahead_.due()) ahead = co_await read_ahead_.read(session, lease, slice_rows(lease));
  if (ahead) co_return *ahead;
  std::vector<Command> commands;
  add_walk(commands, lease.cursor, lease);
  const std::vector<Rows> answers =
      co_await postgres::transact(session, pins_of(job_, false, false), std::move(commands));
  co_return slice_from(answers, 0, lease.keys, slice_rows(lease));
}

/// Answers the slice after this one; nothing when the pass has ended.
Task<std::optional<Slice>> RangeWorker::run_batch(postgres::Session& session, Lease& lease, Slice slice, Way way,
                                                  RangeOutcome& outcome) {
  const async::TimePoint begun = async::Clock::now();
  const std::int64_t walked = slice_rows(lease);  // of the slice after this one
  std::optional<Slice> next = slice.last ? std::nullopt : memory_.next(walked);
  std::vector<Command> commands = postgres::begin(pins_of(job_, slice.last, way == Way::direct));
  const std::size_t walk = commands.size();
  const bool walks = !slice.last && !next && !read_ahead_.due();
  if (walks) add_walk(commands, slice.bound, lease);
  const bool counts = job_.toast_oid != 0 && slice.rows > 0 && outcome.batches % batches_for_a_count == 0;
  const std::size_t count = commands.size();
  add_toast_count(commands, counts);
  add_change(commands, job_, lease, slice, way);
  const std::size_t change = commands.size() - 1;
  add_toast_count(commands, counts);
  commands.push_back(postgres::commit());
  const std::vector<Rows> answers = co_await session.exchange(std::move(commands));
  postgres::require_commit(answers.back());
  const auto elapsed = std::chrono::duration_cast<std::chrono::microseconds>(async::Clock::now() - begun);
  sizer_.committed(slice.rows, elapsed + read_ahead_.reading());
  snapshot_.committed();
  if (counts) sizer_.wrote(slice.rows, toast_bytes(answers[count], answers[change + 1]));
  read_ahead_.changed(lease.cursor, slice, elapsed);
  const std::int64_t changed = answers[change].integer(0, 0);
  if (lease.stripe > 0 && lease.stripes == 1) hooks_.measured(answers[change].integer(0, 1), changed);
  effect_.changed += changed;
  effect_.inserted += answers[change].integer(0, 2);
  memory_.note(slice);
  move_on(lease, slice, changed);
  outcome.rows_changed += changed;
  ++outcome.batches;
  hooks_.emit(event::BatchCommitted{lease.range_id, number_, slice.rows, changed, elapsed});
  const std::int64_t deferred = way == Way::around_held ? answers[change - 1].integer(0, 0) : 0;
  if (deferred > 0) hooks_.emit(event::RowsDeferred{lease.range_id, deferred});
  require_no_own_work(job_, lease, effect_);
  if (walks) next = slice_from(answers, walk, lease.keys, walked);
  co_return next;
}

/// The end of an unbounded range is proven by a query that finds no key beyond the cursor, under the fence.
Task<Slice> RangeWorker::prove_end(postgres::Session& session, const Lease& lease) {
  std::vector<Command> commands = postgres::begin(pins_of(job_, true, false));
  commands.push_back(ledger::fence(lease));
  commands.push_back(last_key_to_do(job_, lease));
  const std::size_t last = commands.size() - 1;
  commands.push_back(ledger::require_table(job_.table));
  const std::vector<Rows> answers = co_await session.exchange(std::move(commands));
  std::vector<Command> ending;
  if (!answers[last].empty() && !goes_on_and_on(job_, lease)) {
    ending.push_back(postgres::commit());
    co_await session.exchange(std::move(ending));
    co_return Slice{key_at(answers[last], 0, job_.cursor_size()), 0, sizer_.rows(), false};
  }
  ending.push_back(ledger::finish_range(lease));
  ending.push_back(postgres::commit());
  const std::vector<Rows> ended = co_await session.exchange(std::move(ending));
  postgres::require_commit(ended.back());
  co_return Slice{};
}

}  // namespace pgfill::work
