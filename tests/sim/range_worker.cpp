#include "sim/range_worker.h"

#include <algorithm>

namespace pgfill::sim {

using work::Permit;
using work::Slice;
using work::Way;

BatchLimits batch_limits() {
  BatchLimits limits;
  limits.min_rows = 1;
  limits.max_rows = 200;
  return limits;
}

void note_failure(const Answer& answer, RangeOutcome& outcome) {
  using End = RangeOutcome::End;
  outcome.end = answer.failure == FailureClass::fenced ? End::fenced : End::failed;
  outcome.failure = answer.failure;
  outcome.message = answer.message;
}

RangeWorker::RangeWorker(World& world, Database& database, const Shape& shape, int number, work::WorkerHooks hooks,
                         work::Refusals& refusals)
    : world_(world),
      database_(database),
      shape_(shape),
      number_(number),
      hooks_(std::move(hooks)),
      refusals_(refusals),
      sizer_(batch_limits()) {}

/// Never connects anew: a session that is gone ends the visit.
Task<Answer> RangeWorker::ask(Database::Operation operation) {
  Answer answer = co_await database_.ask(connection_, std::move(operation));
  if (!answer.ok) throw Failure{std::move(answer)};
  co_return answer;
}

Task<Answer> RangeWorker::ask_release(const Lease& lease) {
  return ask([this, lease](ConnectionPtr session) { return database_.release(session, lease); });
}

Task<Answer> RangeWorker::ask_walk(const Lease& lease, int from, std::int64_t rows) {
  return ask([this, lease, from, rows](ConnectionPtr session) { return database_.walk(session, lease, from, rows); });
}

Task<Answer> RangeWorker::ask_batch(const Batch& batch) {
  return ask([this, batch](ConnectionPtr session) { return database_.batch(session, batch); });
}

Task<Answer> RangeWorker::ask_end(const Lease& lease) {
  return ask([this, lease](ConnectionPtr session) { return database_.prove_end(session, lease); });
}

Task<Answer> RangeWorker::ask_split(const Lease& lease, const Cut& cut) {
  return ask([this, lease, cut](ConnectionPtr session) { return database_.split(session, lease, cut); });
}

Task<RangeOutcome> RangeWorker::run(ConnectionPtr connection, Lease lease) {
  RangeOutcome outcome;
  connection_ = std::move(connection);
  memory_.forget();
  try {
    co_await run_batches(lease, outcome);
  } catch (const Failure& failure) {
    note_failure(failure.answer, outcome);
    if (outcome.failure == FailureClass::slow) sizer_.too_slow(sizer_.rows());
  }
  co_return outcome;
}

Task<void> RangeWorker::run_batches(Lease& lease, RangeOutcome& outcome) {
  Step step;
  bool gave_away = false;
  while (!step.range_ended) {
    const Permit permit = co_await hooks_.permit(number_);
    if (permit == Permit::stop) {
      outcome.end = RangeOutcome::End::given_back;
      co_await ask_release(lease);
      co_return;
    }
    const work::Aim aim = hooks_.aim();
    sizer_.aim(aim.limits, aim.time, aim.row_time);
    stripes_pay_ = aim.stripes_pay;
    if (!step.slice) {
      step.slice = co_await first_slice(lease);
    } else if (permit == Permit::split && !gave_away) {
      co_await split(lease, *step.slice);
      gave_away = true;
    } else if (!step.slice->bound) {
      step.slice = co_await prove_end(lease);
      step.range_ended = !step.slice->bound;
    } else {
      if (step.way == Way::direct) step.way = work::first_way(sizer_.expected(step.slice->at_most), direct_patience);
      step = co_await advance(lease, std::move(step), outcome);
      gave_away = false;
    }
  }
}

Task<RangeWorker::Step> RangeWorker::advance(Lease& lease, Step step, RangeOutcome& outcome) {
  const Slice& slice = *step.slice;
  Step after;
  after.range_ended = work::position_after(lease, slice, shape_.stripes).done;
  std::optional<Answer> failure;
  try {
    std::optional<Slice> next = co_await run_batch(lease, slice, step.way, outcome);
    after.slice = std::move(next);
    co_return after;
  } catch (const Failure& thrown) {
    failure = thrown.answer;
  }
  memory_.leave_track();
  const FailureClass what = judge(*failure, lease, slice);
  const bool faster = sizer_.smaller_is_faster(slice.at_most);
  switch (work::remedy_for(what, step.way, slice.at_most, faster, BadRows::Action::stop)) {
    case work::Remedy::around_held:
      step.way = Way::around_held;
      co_return step;
    case work::Remedy::smaller:
      if (what == FailureClass::slow) sizer_.too_slow(slice.at_most);
      if (what == FailureClass::shrink) sizer_.bisect(slice.at_most);
      co_return Step();
    default:
      if (what == FailureClass::shrink) database_.blame(lease, number_of(slice.bound));
      if (what == FailureClass::shrink) failure->failure = what;
      throw Failure{*failure};
  }
}

FailureClass RangeWorker::judge(const Answer& failure, const Lease& lease, const Slice& slice) {
  if (!failure.by_function) return failure.failure;
  postgres::Failure raised("40001", failure.message);
  raised.by_function = true;
  const work::RowPlace place{lease.range_id, lease.cursor, lease.stripe};
  return refusals_.judge(raised, slice.at_most, place, async::Clock::now());
}

void RangeWorker::move_on(Lease& lease, const Slice& slice) {
  const ledger::Position position = work::position_after(lease, slice, shape_.stripes);
  lease.cursor = position.cursor;
  lease.stripe = position.stripe;
  lease.stripes = position.stripes;
  lease.rows_walked += slice.probable_rows();
}

namespace {

Slice slice_from(const Answer& answer, const Lease& lease, std::int64_t walked) {
  if (answer.nth != 0) return {key_of(answer.nth), walked, walked, false};
  if (lease.keys.upper) return {lease.keys.upper, 0, walked, true};
  if (answer.largest != 0) return {key_of(answer.largest), 0, walked, false};
  return {};
}

}  // namespace

std::int64_t RangeWorker::slice_rows(const Lease& lease) const {
  return std::min(sizer_.rows(), work::longest_slice(lease, shape_.rows, shape_.stripes, batch_limits().min_rows));
}

Task<Slice> RangeWorker::first_slice(Lease& lease) {
  if (work::at_begin_of_pass(lease)) {
    lease.stripes = work::stripes_of_pass(lease, shape_.stripes, stripes_pay_);
    memory_.begin(shape_.stripes > 1 && lease.stripes == 1);
  }
  const std::int64_t rows = slice_rows(lease);
  if (std::optional<Slice> known = memory_.next(rows)) co_return *known;
  const Answer answer = co_await ask_walk(lease, number_of(lease.cursor), rows);
  co_return slice_from(answer, lease, rows);
}

/// Answers the slice after this one; nothing when the pass has ended.
Task<std::optional<Slice>> RangeWorker::run_batch(Lease& lease, Slice slice, Way way, RangeOutcome& outcome) {
  const TimePoint begun = async::Clock::now();
  const std::int64_t walked = slice_rows(lease);  // of the slice after this one
  std::optional<Slice> next = slice.last ? std::nullopt : memory_.next(walked);
  Batch batch{lease, number_of(slice.bound), work::position_after(lease, slice, shape_.stripes), slice.probable_rows()};
  if (!slice.last && !next) batch.walk = walked;
  batch.way = way;
  const Answer answer = co_await ask_batch(batch);
  world_.trace(static_cast<std::uint64_t>(batch.bound));
  if (lease.stripe > 0 && lease.stripes == 1) hooks_.measured(answer.on_page, answer.number);
  memory_.note(slice);
  move_on(lease, slice);
  outcome.rows_changed += answer.number;
  ++outcome.batches;
  const auto elapsed = std::chrono::duration_cast<std::chrono::microseconds>(async::Clock::now() - begun);
  sizer_.committed(slice.rows, elapsed);
  hooks_.emit(event::BatchCommitted{lease.range_id, number_, slice.rows, answer.number, elapsed});
  if (!slice.last && !next) next = slice_from(answer, lease, walked);
  co_return next;
}

Task<Slice> RangeWorker::prove_end(const Lease& lease) {
  const Answer answer = co_await ask_end(lease);
  if (answer.largest != 0) co_return Slice{key_of(answer.largest), 0, sizer_.rows(), false};
  co_return Slice{};
}

/// Gives away the far part of what is left.
Task<void> RangeWorker::split(Lease& lease, const Slice& slice) {
  const work::NearPart keep = work::near_part(lease, slice, shape_.rows, shape_.stripes, sizer_.rows());
  if (keep.rows == 0) co_return;
  const Answer found = co_await ask_walk(lease, number_of(slice.bound), keep.rows);
  if (found.nth == 0) co_return;
  const Cut cut{found.nth, keep.share, keep.moved};
  const Answer given = co_await ask_split(lease, cut);
  lease.keys.upper = key_of(cut.at);
  lease.share = keep.share;
  lease.rows_walked -= keep.moved;
  memory_.forget();
  hooks_.emit(event::RangeSplit{lease.range_id, given.number});
}

}  // namespace pgfill::sim
