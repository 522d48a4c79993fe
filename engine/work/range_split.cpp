// How a range gives its far part away.
#include <cassert>

#include "work/range_machine.h"

namespace pgfill::work {

/// Gives away the far part of what is left, unless that is too little to be worth a lease. The split point lies above
/// the batch that is about to run.
Action RangeMachine::give_away() {
  assert(!gave_away_ && "a range is split once between two batches");
  gave_away_ = true;
  const NearPart keep = near_part(lease_, *slice_, facts_.estimated_rows, facts_.stripes, sizer_.rows());
  if (keep.rows == 0) return action::AskPermit{};
  if (const auto at = read_ahead_.guess(slice_->bound, keep.rows, lease_.keys.upper)) return split_at(at, keep);
  return action::FindSplit{*slice_->bound, keep};
}

Action RangeMachine::split_at(const std::optional<Key>& at, const NearPart& keep) {
  // A guess may fall on the bound of the slice.
  if (!at || at == lease_.keys.upper || at == slice_->bound) return action::AskPermit{};
  assert(keep.share >= 0 && keep.share <= lease_.share && "both parts together are what there was");
  return action::Split{*at, keep};
}

Action RangeMachine::take(answer::GivenAway& given) {
  const auto& split = asked<action::Split>();
  assert(given.range != lease_.range_id && "the far part is another range");
  assert(!slice_->last && "the slice that is done next stays in the near part");
  lease_.keys.upper = split.at;
  lease_.share = split.keep.share;
  lease_.rows_walked -= split.keep.moved;
  memory_.forget();
  decision_.range_added = true;
  decision_.events.emplace_back(event::RangeSplit{lease_.range_id, given.range});
  return action::AskPermit{};
}

}  // namespace pgfill::work
