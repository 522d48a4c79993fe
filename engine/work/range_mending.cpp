// What is done about a slice that has failed for its rows.
#include <cassert>
#include <utility>

#include "work/range_machine.h"
#include "work/row_failure.h"

namespace pgfill::work {

Action RangeMachine::take(answer::Failed& given) {
  assert(!std::holds_alternative<action::AskPermit>(decision_.action) && "a permit is asked of nobody who can fail");
  if (std::holds_alternative<action::Change>(decision_.action)) return mend(given);
  const auto* reading = std::get_if<action::ReadRows>(&decision_.action);
  if (reading == nullptr || given.failure.failure_class() != FailureClass::slow) return fail(given.failure);
  read_ahead_.too_long(reading->part);
  return walk_for_slice();
}

/// The same slice another way, a smaller one, or past its only row.
Action RangeMachine::mend(const answer::Failed& failed) {
  const postgres::Failure& failure = failed.failure;
  memory_.leave_track();
  known_.reset();
  const RowPlace place{lease_.range_id, lease_.cursor, lease_.stripe};
  const FailureClass what = refusals_.judge(failure, slice_->at_most, place, failed.at);
  if (what == FailureClass::shrink && !failure.of_job) return fail(failure);
  switch (remedy(what)) {
    case Remedy::around_held:
      assert(way_ == Way::direct && "rows are gone around once");
      way_ = Way::around_held;
      return action::AskPermit{};
    case Remedy::smaller:
      assert(slice_->at_most > 1 && "a single row has no half");
      take_less(what, failure);
      return look_from_the_cursor();
    case Remedy::set_aside:
    case Remedy::none:
      break;
  }
  if (what != FailureClass::shrink && what != FailureClass::slow) return fail(failure);
  assert(slice_->at_most == 1 && "one row is to blame");
  row_failure_ = failure;
  if (facts_.by_position) return action::LookAtRow{*slice_->bound};
  return pass_row(slice_->bound);
}

Remedy RangeMachine::remedy(FailureClass what) {
  const std::int64_t rows = slice_->at_most;
  const bool conflict = facts_.reads_other_rows && what == FailureClass::retry;
  if (conflict) return snapshot_.conflict(way_, rows);
  return remedy_for(what, way_, rows, sizer_.smaller_is_faster(rows), facts_.bad_rows.action);
}

/// After a slice that took too long, or holds a bad row.
void RangeMachine::take_less(FailureClass what, const postgres::Failure& failure) {
  if (what == FailureClass::shrink) sizer_.bisect(slice_->at_most);
  if (what != FailureClass::slow) return;
  sizer_.too_slow(slice_->at_most);
  std::string message = std::string(failure.what()) + ", a batch of up to " + std::to_string(slice_->at_most) + " rows";
  decision_.tries_again = true;
  decision_.events.emplace_back(event::BatchFailed{lease_.range_id, number_, event::BatchFailed::Kind::slow,
                                                   failure.sqlstate(), std::move(message),
                                                   std::chrono::milliseconds(0)});
}

Action RangeMachine::look_from_the_cursor() {
  slice_.reset();
  way_ = Way::direct;
  return action::AskPermit{};
}

Action RangeMachine::take(answer::RowSeen& given) {
  asked<action::LookAtRow>();
  return pass_row(given.row);
}

/// Steps over the only row of a slice, or fails with its key. Without the row others have moved it meanwhile, so it is
/// looked for from the cursor again, once.
Action RangeMachine::pass_row(const std::optional<Key>& row) {
  const postgres::Failure& failure = *row_failure_;
  if (!row && missed_ == slice_->bound) return fail(failure);
  missed_ = slice_->bound;
  if (!row) return look_from_the_cursor();
  const bool too_slow = failure.failure_class() == FailureClass::slow && !failure.by_function;
  if (too_slow) return fail(of_row(failure, facts_.key_columns, *row));
  if (facts_.bad_rows.action == BadRows::Action::stop)
    return fail(bad_row_failure(failure, readable_key(facts_.key_columns, *row)));
  const ledger::Position after = position_after(lease_, *slice_, facts_.stripes);
  return action::SetAside{*row, failure.sqlstate(), with_detail(failure), after, slice_->last};
}

Action RangeMachine::take(answer::RowSetAside& given) {
  const auto& bad = asked<action::SetAside>();
  assert(given.quarantined >= 1 && "the row that was set aside is one of them");
  assert(facts_.bad_rows.action == BadRows::Action::quarantine);
  const bool range_ended = bad.after.done;
  move_on(*slice_, 0);
  const std::string row = readable_key(facts_.key_columns, bad.row);
  decision_.events.emplace_back(event::RowQuarantined{lease_.range_id, row, bad.sqlstate, bad.message});
  const auto enough = too_many_bad_rows(facts_.bad_rows, given.quarantined, bad.sqlstate, bad.message, row);
  if (enough) return fail(*enough);
  look_from_the_cursor();
  return after_batch(range_ended);
}

/// In physical order, what the job adds to the file is gone over as well, unless that is more than there can be.
bool RangeMachine::goes_on_and_on() const {
  return facts_.by_position && has_grown_too_long(lease_, facts_.estimated_rows);
}

/// What is left above the cursor of a range without an end may be what its own batches have inserted, one for one. So
/// it is begun only when there is something to do in it.
bool RangeMachine::looks_before_the_end() const {
  return facts_.may_insert && !facts_.by_position;
}

postgres::Failure RangeMachine::own_work() const {
  return postgres::Failure(postgres::Condition::own_work,
                           "the job makes its own work: it has changed " + std::to_string(effect_.changed) +
                               " rows of about " + std::to_string(facts_.estimated_rows) +
                               " that there were, and its batches have inserted " + std::to_string(effect_.inserted) +
                               " into " + facts_.table + " meanwhile, by a trigger or a function");
}

}  // namespace pgfill::work
