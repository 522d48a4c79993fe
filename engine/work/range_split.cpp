// How a range gives its far part away.
#include "work/batch_commands.h"
#include "work/range_worker.h"

namespace pgfill::work {

using async::Task;
using ledger::Lease;
using postgres::Command;
using postgres::Parameters;
using postgres::Rows;

/// Counted from there; empty: the range has no more than so many.
Task<std::optional<Key>> RangeWorker::row_beyond(postgres::Session& session, const Lease& lease,
                                                 std::optional<Key> from, std::int64_t rows) {
  Parameters walk = slice_parameters(job_, lease, from, lease.keys.upper);
  walk.push_back(std::to_string(rows));
  Command nth{job_.statements.nth_key(sides_of(from, lease.keys.upper)), std::move(walk)};
  const Rows row = co_await postgres::transact(session, pins_of(job_, false, false), std::move(nth));
  co_return row.empty() ? std::nullopt : std::optional(key_at(row, 0, job_.cursor_size()));
}

/// Gives away the far part of what is left, unless that is too little to be worth a lease. The split point lies above
/// the batch that is about to run.
Task<void> RangeWorker::split(postgres::Session& session, Lease& lease, const Slice& slice) {
  const NearPart keep = near_part(lease, slice, job_.estimated_rows, job_.stripes, sizer_.rows());
  if (keep.rows == 0) co_return;
  std::optional<Key> at = read_ahead_.guess(slice.bound, keep.rows, lease.keys.upper);
  if (!at) at = co_await row_beyond(session, lease, slice.bound, keep.rows);
  if (!at || at == lease.keys.upper) co_return;
  std::vector<Command> giving;
  giving.push_back(ledger::fence(lease));
  giving.push_back(ledger::split_range(lease, *at, keep.share, keep.moved));
  const std::vector<Rows> given = co_await postgres::transact(session, pins_of(job_, true, false), std::move(giving));
  lease.keys.upper = at;
  lease.share = keep.share;
  lease.rows_walked -= keep.moved;
  memory_.forget();
  hooks_.emit(event::RangeSplit{lease.range_id, given.back().integer(0, 0)});
}

}  // namespace pgfill::work
