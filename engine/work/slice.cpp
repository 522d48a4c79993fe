#include "work/slice.h"

#include <algorithm>
#include <cassert>
#include <limits>
#include <utility>

namespace pgfill::work {
namespace {

/// A range of more slices is walked again in every pass: what is remembered has a bound.
constexpr std::size_t most_slices = 4096;
/// Less is not worth a lease, over all passes.
constexpr std::int64_t least_batches_to_give = 4;
constexpr int least_batches_of_a_pass = 4;
/// The walk to a split point reads this many keys at most: about 50 ms.
constexpr std::int64_t longest_split_walk = 500'000;
/// And from a disk takes no longer than so many batches.
constexpr std::int64_t most_batches_to_walk = 100;
/// A file may grow by as many rows while a job goes over it as are in the table, and others add to it, too.
constexpr std::int64_t most_added_times = 3;
constexpr std::int64_t least_counted = 10'000;

}  // namespace

ledger::Position position_after(const ledger::Lease& lease, const Slice& slice, int stripes) {
  assert(slice.bound && "only a slice with a bound can be done");
  assert(lease.stripe + lease.stripes <= stripes && "a pass changes stripes that there are");
  const int next_stripe = lease.stripe + lease.stripes;
  if (!slice.last) return {slice.bound, lease.stripe, lease.stripes, false};
  if (next_stripe >= stripes) return {slice.bound, lease.stripe, lease.stripes, true};
  return {lease.keys.lower, next_stripe, 1, false};
}

bool at_begin_of_pass(const ledger::Lease& lease) {
  return lease.cursor == lease.keys.lower;
}

bool has_moved(const ledger::Lease& before, const ledger::Lease& now) {
  return before.cursor != now.cursor || before.stripe != now.stripe;
}

int stripes_of_pass(const ledger::Lease& lease, int stripes, bool pay) {
  assert(lease.stripe < stripes && "a range is done after its last stripe");
  if (stripes == 1 || !lease.keys.upper) return lease.stripes;
  return pay ? 1 : stripes - lease.stripe;
}

std::int64_t longest_slice(const ledger::Lease& lease, std::int64_t total, int stripes, std::int64_t least) {
  if (stripes == 1 || lease.stripes > 1 || !lease.keys.upper) return std::numeric_limits<std::int64_t>::max();
  const double of_the_pass = lease.share * static_cast<double>(total) / stripes;
  return std::max(least, static_cast<std::int64_t>(of_the_pass) / least_batches_of_a_pass);
}

bool has_grown_too_long(const ledger::Lease& lease, std::int64_t total) {
  return !lease.keys.upper && lease.rows_walked > most_added_times * std::max(total, least_counted);
}

bool feeds_itself(const ledger::Lease& lease, const Effect& effect, std::int64_t total) {
  const auto planned = static_cast<std::int64_t>(lease.share * static_cast<double>(total));
  const std::int64_t most = std::max(total, most_added_times * std::max(planned, least_counted));
  return !lease.keys.upper && effect.changed > most && effect.inserted > effect.changed / 2;
}

NearPart near_part(const ledger::Lease& lease, const Slice& slice, std::int64_t total, int stripes,
                   std::int64_t batch_rows) {
  assert(stripes >= 1 && lease.stripes >= 1 && batch_rows >= 1);
  const auto rows = static_cast<double>(std::max<std::int64_t>(total, 1));
  const double of_a_stripe = lease.share * rows / stripes;
  const double of_the_pass = of_a_stripe * lease.stripes;
  const double done = static_cast<double>(lease.rows_walked + slice.rows) - of_a_stripe * lease.stripe;
  // Each row of the present pass stands for so many that are to be walked, in this pass and those that follow.
  const double passes = static_cast<double>(stripes - lease.stripe) / lease.stripes;
  // Where both parts have as much to do; what this pass has done already is to be gone over again by the near one.
  const double left = of_the_pass - done;
  const double near_rows = std::max(1.0, (left - (1 - 1 / passes) * std::max(0.0, done)) / 2);
  const double far_rows = left - near_rows;
  NearPart near;
  if (!slice.bound || slice.last || far_rows < static_cast<double>(batch_rows)) return near;
  if (far_rows * passes < static_cast<double>(least_batches_to_give * batch_rows)) return near;
  near.rows = std::min({static_cast<std::int64_t>(near_rows), longest_split_walk, most_batches_to_walk * batch_rows});
  near.share = std::clamp((done + static_cast<double>(near.rows)) / of_the_pass, 0.0, 1.0) * lease.share;
  near.moved = static_cast<std::int64_t>((lease.share - near.share) * rows / stripes * lease.stripe);
  return near;
}

void PassMemory::begin(bool one_stripe) {
  walked_.clear();
  upcoming_ = 0;
  on_track_ = one_stripe && !known_.empty();
  recording_ = one_stripe && known_.empty();
}

std::optional<Slice> PassMemory::next(std::int64_t rows) {
  assert(rows >= 1 && !(on_track_ && recording_) && "what is remembered is not walked again");
  if (!on_track_ || upcoming_ >= known_.size()) return std::nullopt;
  if (known_[upcoming_].at_most > 2 * rows) {
    leave_track();
    return std::nullopt;
  }
  Slice slice = known_[upcoming_++];
  while (upcoming_ < known_.size() && slice.at_most + known_[upcoming_].at_most <= rows) {
    const Slice& more = known_[upcoming_++];
    slice = {more.bound, slice.rows + more.probable_rows(), slice.at_most + more.at_most, more.last};
  }
  return slice;
}

void PassMemory::note(const Slice& slice) {
  if (!recording_) return;
  assert(slice.bound && slice.rows <= slice.at_most);
  walked_.push_back(slice);
  if (walked_.size() > most_slices) forget();
  if (recording_ && slice.last) known_ = std::move(walked_);
}

void PassMemory::leave_track() {
  on_track_ = false;
  recording_ = false;
}

void PassMemory::forget() {
  leave_track();
  known_.clear();
  walked_.clear();
}

}  // namespace pgfill::work
