// What a worker does to a slice that has failed for its rows.
#include "work/range_worker.h"

namespace pgfill::work {

using async::Task;
using ledger::Lease;
using postgres::Command;
using postgres::Rows;

Remedy RangeWorker::remedy(FailureClass what, const Step& step, const postgres::Failure& failure) {
  const std::int64_t rows = step.slice->at_most;
  const bool conflict = job_.reads_other_rows && what == FailureClass::retry && failure.sqlstate() != "XX000";
  if (conflict) return snapshot_.conflict(step.way, rows);
  return remedy_for(what, step.way, rows, sizer_.smaller_is_faster(rows), job_.bad_rows.action);
}

/// After a slice that took too long, or holds a bad row.
void RangeWorker::take_less(const Lease& lease, const Slice& slice, FailureClass what,
                            const postgres::Failure& failure) {
  if (what == FailureClass::shrink) sizer_.bisect(slice.at_most);
  if (what != FailureClass::slow) return;
  sizer_.too_slow(slice.at_most);
  std::string message = std::string(failure.what()) + ", a batch of up to " + std::to_string(slice.at_most) + " rows";
  hooks_.emit(event::BatchFailed{lease.range_id, number_, FailureClass::slow, failure.sqlstate(), std::move(message),
                                 std::chrono::milliseconds(0)});
}

/// Steps over the only row of a slice, or throws the failure with its key. False: others have moved it meanwhile, so it
/// is to be looked for from the cursor again.
Task<bool> RangeWorker::pass_bad_row(postgres::Session& session, Lease& lease, Slice slice, postgres::Failure failure) {
  const std::optional<Key> row = co_await row_at_bound(session, slice);
  if (!row && missed_ == slice.bound) throw postgres::Failure(failure);
  missed_ = slice.bound;
  if (!row) co_return false;
  const bool too_slow = failure.failure_class() == FailureClass::slow && !failure.by_function;
  if (too_slow) throw of_row(failure, job_, *row);
  if (job_.bad_rows.action == BadRows::Action::stop)
    throw bad_row_failure(failure, readable_key(job_.key_columns, *row));
  ledger::BadRow bad{*row, failure.sqlstate(), with_detail(failure)};
  co_await set_aside(session, lease, slice, std::move(bad));
  co_return true;
}

/// The key of the only row of a slice; empty when it is there no more.
Task<std::optional<Key>> RangeWorker::row_at_bound(postgres::Session& session, Slice slice) {
  if (!job_.by_position) co_return slice.bound;
  Command command{job_.statements.row_at(), key_parameters(std::nullopt, slice.bound)};
  const Rows rows = co_await postgres::transact(session, pins_of(job_, false, false), std::move(command));
  co_return rows.empty() ? std::nullopt : std::optional(key_at(rows, 0, job_.key_columns.size()));
}

/// Lists the only row of a slice as bad and steps over it.
Task<void> RangeWorker::set_aside(postgres::Session& session, Lease& lease, Slice slice, ledger::BadRow row) {
  std::vector<Command> commands;
  commands.push_back(ledger::fence(lease));
  commands.push_back(
      ledger::quarantine_row(lease.job_id, lease.range_id, row, position_after(lease, slice, job_.stripes)));
  const std::vector<Rows> answers =
      co_await postgres::transact(session, pins_of(job_, slice.last, false), std::move(commands));
  move_on(lease, slice, 0);
  hooks_.emit(
      event::RowQuarantined{lease.range_id, readable_key(job_.key_columns, row.key), row.sqlstate, row.message});
  require_few_bad_rows(job_, answers.back().integer(0, 0), row);
}

}  // namespace pgfill::work
