#include "work/lease_book.h"

#include <cassert>

#include "work/slice.h"

namespace pgfill::work {

void LeaseBook::visited(std::int64_t range, RangeOutcome::End end) {
  // After a failover two workers may have visited ranges of one number.
  running_.erase(range);
  if (end == RangeOutcome::End::finished || end == RangeOutcome::End::given_back) known_.erase(range);
}

std::vector<std::int64_t> LeaseBook::known() const {
  std::vector<std::int64_t> ranges;
  for (const auto& [range, lease] : known_) ranges.push_back(range);
  return ranges;
}

LeaseSearch::Step LeaseSearch::begin() {
  assert(!asking_);
  if (book_.looking_for_lost_) return Step::look_again;
  // After a failover that took ranges back, a new one may bear the number of one that waits to be tried again.
  if (again_ && book_.running_.contains(*again_)) return Step::end;
  asking_ = true;
  ++book_.asking_;
  return again_ ? Step::ask_again : Step::ask_next;
}

LeaseSearch::Step LeaseSearch::answered(const std::optional<ledger::Lease>& lease) {
  assert(asking_);
  if (lease) {
    note(*lease);
    return finish();
  }
  if (again_) book_.known_.erase(*again_);
  // Before a worker believes that nothing is left. Only while no other lease is under way: it would look like a lost
  // one.
  if (again_ || looking_for_lost_ || book_.asking_ > 1) return finish();
  looking_for_lost_ = true;
  book_.looking_for_lost_ = true;
  return Step::ask_lost;
}

void LeaseSearch::note(const ledger::Lease& lease) {
  const auto before = book_.known_.find(lease.range_id);
  got_on_ = before != book_.known_.end() && has_moved(before->second, lease);
  book_.known_.insert_or_assign(lease.range_id, lease);
  book_.running_.insert(lease.range_id);
}

LeaseSearch::Step LeaseSearch::finish() {
  if (asking_) --book_.asking_;
  if (looking_for_lost_) book_.looking_for_lost_ = false;
  asking_ = false;
  looking_for_lost_ = false;
  return Step::end;
}

}  // namespace pgfill::work
