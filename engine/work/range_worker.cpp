#include "work/range_worker.h"

#include <algorithm>

#include "sql/statements.h"

namespace pgfill::work {
namespace {

using async::Task;
using ledger::Lease;
using postgres::Command;
using postgres::Parameters;
using postgres::Rows;

/// A range is not split into parts of fewer batches than this.
constexpr std::int64_t least_batches_to_give = 4;
/// The walk to a split point reads this many keys at most: about 50 ms.
constexpr std::int64_t longest_split_walk = 500'000;

}  // namespace

RangeWorker::RangeWorker(const JobWork& job, int number, WorkerHooks hooks)
    : job_(job), number_(number), hooks_(std::move(hooks)), sizer_(job.limits) {}

Task<RangeOutcome> RangeWorker::run(postgres::Session& session, Lease lease) {
  RangeOutcome outcome;
  try {
    co_await run_batches(session, lease, outcome);
  } catch (const postgres::Failure& failure) {
    outcome.failure = failure.failure_class();
    outcome.end = outcome.failure == FailureClass::fenced ? RangeOutcome::End::fenced : RangeOutcome::End::failed;
    outcome.sqlstate = failure.sqlstate();
    outcome.message = failure.what();
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
    sizer_.aim(aim.limits, aim.time);
    if (!step.slice) {
      step.slice = co_await first_slice(session, lease);
    } else if (permit == Permit::split && !gave_away) {
      co_await split(session, lease, *step.slice);
      gave_away = true;
    } else if (!step.slice->bound) {
      step.slice = co_await prove_end(session, lease);
      step.range_ended = !step.slice->bound;
    } else {
      step = co_await advance(session, lease, std::move(step), outcome);
      gave_away = false;
    }
  }
  hooks_.emit(event::RangeFinished{lease.range_id, outcome.rows_changed});
}

/// The step's slice as a batch; answers the next step, another way over the same slice when it failed for its rows.
Task<RangeWorker::Step> RangeWorker::advance(postgres::Session& session, Lease& lease, Step step,
                                             RangeOutcome& outcome) {
  const Slice& slice = *step.slice;
  std::optional<postgres::Failure> failure;
  try {
    Slice next = co_await run_batch(session, lease, slice, step.way, outcome);
    Step done;
    done.slice = std::move(next);
    done.range_ended = slice.last;
    co_return done;
  } catch (const postgres::Failure& thrown) {
    failure = thrown;
  }
  const FailureClass what = failure->failure_class();
  switch (remedy_for(what, step.way, slice.at_most, job_.limits.min_rows, job_.bad_rows.action)) {
    case Remedy::around_held:
      step.way = Way::around_held;
      co_return step;
    case Remedy::smaller:
      if (what == FailureClass::slow) sizer_.too_slow(slice.at_most);
      if (what == FailureClass::shrink) sizer_.bisect(slice.at_most);
      co_return Step();
    case Remedy::set_aside: {
      Step after;
      after.range_ended = slice.last;
      co_await set_aside(session, lease, slice, *failure);
      co_return after;
    }
    case Remedy::none:
      break;
  }
  if (what != FailureClass::shrink) throw postgres::Failure(*failure);
  throw postgres::Failure(failure->sqlstate(),
                          std::string(failure->what()) + ", row " + readable_key(job_.key_columns, *slice.bound));
}

/// Asks for the key `rows` keys above `from`; without an upper bound also for the largest key, the bound of a
/// remainder.
void RangeWorker::add_walk(std::vector<Command>& commands, const std::optional<Key>& from, const KeyRange& keys) const {
  const sql::Sides sides = sides_of(from, keys.upper);
  Parameters parameters = key_parameters(from, keys.upper);
  parameters.push_back(std::to_string(sizer_.rows()));
  commands.push_back({job_.statements.nth_key(sides), std::move(parameters)});
  if (!keys.upper) commands.push_back({job_.statements.last_key(sides), key_parameters(from, keys.upper)});
}

RangeWorker::Slice RangeWorker::slice_from(const std::vector<Rows>& answers, std::size_t first, const KeyRange& keys,
                                           std::int64_t walked) const {
  const std::size_t columns = job_.key_columns.size();
  if (!answers[first].empty()) return {key_at(answers[first], 0, columns), walked, walked, false};
  if (keys.upper) return {keys.upper, 0, walked, true};
  const Rows& largest = answers[first + 1];
  if (!largest.empty()) return {key_at(largest, 0, columns), 0, walked, false};
  return {};
}

Task<RangeWorker::Slice> RangeWorker::first_slice(postgres::Session& session, const Lease& lease) {
  std::vector<Command> commands;
  add_walk(commands, lease.cursor, lease.keys);
  const std::vector<Rows> answers =
      co_await postgres::transact(session, pins_of(job_, false, false), std::move(commands));
  co_return slice_from(answers, 0, lease.keys, sizer_.rows());
}

/// The statements that change the rows of a slice and move the cursor.
void RangeWorker::add_change(std::vector<Command>& commands, const Lease& lease, const Slice& slice, Way way) const {
  const sql::Sides sides = sides_of(lease.cursor, slice.bound);
  Parameters parameters = key_parameters(lease.cursor, slice.bound);
  parameters.push_back(std::to_string(lease.job_id));
  parameters.push_back(std::to_string(lease.range_id));
  if (way == Way::around_held) commands.push_back({job_.statements.defer_held(sides), parameters});
  parameters.push_back(postgres::array_literal(*slice.bound));
  parameters.push_back(slice.last ? "true" : "false");
  parameters.push_back(std::to_string(slice.rows));
  const auto& statements = job_.statements;
  const auto& batch = way == Way::direct ? statements.batch(sides) : statements.batch_around_skipped(sides);
  commands.push_back({batch, std::move(parameters)});
}

Task<RangeWorker::Slice> RangeWorker::run_batch(postgres::Session& session, Lease& lease, Slice slice, Way way,
                                                RangeOutcome& outcome) {
  const async::TimePoint begun = async::Clock::now();
  const std::int64_t walked = sizer_.rows();  // of the slice after this one
  std::vector<Command> commands = postgres::begin(pins_of(job_, slice.last, way == Way::direct));
  const std::size_t walk = commands.size();
  if (!slice.last) add_walk(commands, slice.bound, lease.keys);
  commands.push_back(ledger::fence(lease));
  add_change(commands, lease, slice, way);
  commands.push_back(postgres::commit());
  const std::vector<Rows> answers = co_await session.exchange(std::move(commands));
  postgres::require_commit(answers.back());
  const std::int64_t changed = answers[answers.size() - 2].integer(0, 0);
  lease.cursor = slice.bound;
  lease.rows_walked += slice.rows;
  outcome.rows_changed += changed;
  ++outcome.batches;
  const auto elapsed = std::chrono::duration_cast<std::chrono::microseconds>(async::Clock::now() - begun);
  sizer_.committed(slice.rows, elapsed);
  hooks_.emit(event::BatchCommitted{lease.range_id, number_, slice.rows, changed, elapsed});
  const std::int64_t deferred = way == Way::around_held ? answers[answers.size() - 3].integer(0, 0) : 0;
  if (deferred > 0) hooks_.emit(event::RowsDeferred{lease.range_id, deferred});
  if (slice.last) co_return Slice{};
  co_return slice_from(answers, walk, lease.keys, walked);
}

/// Lists the only row of a slice as bad and steps over it.
Task<void> RangeWorker::set_aside(postgres::Session& session, Lease& lease, Slice slice, postgres::Failure failure) {
  const ledger::BadRow row{*slice.bound, failure.sqlstate(), failure.what()};
  std::vector<Command> commands;
  commands.push_back(ledger::fence(lease));
  commands.push_back(ledger::quarantine_row(lease.job_id, lease.range_id, row, slice.last));
  const std::vector<Rows> answers =
      co_await postgres::transact(session, pins_of(job_, slice.last, false), std::move(commands));
  lease.cursor = slice.bound;
  lease.rows_walked += slice.rows;
  hooks_.emit(
      event::RowQuarantined{lease.range_id, readable_key(job_.key_columns, row.key), row.sqlstate, row.message});
  require_few_bad_rows(job_, answers.back().integer(0, 0), row);
}

/// The end of an unbounded range is proven by a query that finds no key beyond the cursor, under the fence.
Task<RangeWorker::Slice> RangeWorker::prove_end(postgres::Session& session, const Lease& lease) {
  std::vector<Command> commands = postgres::begin(pins_of(job_, true, false));
  commands.push_back(ledger::fence(lease));
  const sql::Sides sides{lease.cursor.has_value(), false};
  commands.push_back({job_.statements.last_key(sides), key_parameters(lease.cursor, std::nullopt)});
  const std::vector<Rows> answers = co_await session.exchange(std::move(commands));
  std::vector<Command> ending;
  if (!answers.back().empty()) {
    ending.push_back(postgres::commit());
    co_await session.exchange(std::move(ending));
    co_return Slice{key_at(answers.back(), 0, job_.key_columns.size()), 0, sizer_.rows(), false};
  }
  ending.push_back(ledger::finish_range(lease));
  ending.push_back(postgres::commit());
  const std::vector<Rows> ended = co_await session.exchange(std::move(ending));
  postgres::require_commit(ended.back());
  co_return Slice{};
}

/// Gives away the far half of what is left, unless that is too little to be worth a lease.
Task<void> RangeWorker::split(postgres::Session& session, Lease& lease, const Slice& slice) {
  const auto total = static_cast<double>(std::max<std::int64_t>(job_.estimated_rows, 1));
  const double left = lease.share * total - static_cast<double>(lease.rows_walked + slice.rows);
  const std::int64_t keep = std::min(static_cast<std::int64_t>(left / 2), longest_split_walk);
  if (!slice.bound || slice.last || keep < least_batches_to_give * sizer_.rows()) co_return;
  // Counted from the slice's bound, so the split point lies above the batch that is about to run.
  Parameters walk = key_parameters(slice.bound, lease.keys.upper);
  walk.push_back(std::to_string(keep));
  Command far{job_.statements.nth_key(sides_of(slice.bound, lease.keys.upper)), std::move(walk)};
  const Rows row = co_await postgres::transact(session, pins_of(job_, false, false), std::move(far));
  if (row.empty()) co_return;
  const Key at = key_at(row, 0, job_.key_columns.size());
  const double share = static_cast<double>(lease.rows_walked + slice.rows + keep) / total;
  std::vector<Command> giving;
  giving.push_back(ledger::fence(lease));
  giving.push_back(ledger::split_range(lease, at, share));
  const std::vector<Rows> given = co_await postgres::transact(session, pins_of(job_, true, false), std::move(giving));
  lease.keys.upper = at;
  lease.share = std::min(lease.share, share);
  hooks_.emit(event::RangeSplit{lease.range_id, given.back().integer(0, 0)});
}

}  // namespace pgfill::work
