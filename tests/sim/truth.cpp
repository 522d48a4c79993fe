// What is true of the modelled server, for the checks: what the ledger claims, and what has been done to the rows.
#include <algorithm>

#include "sim/database.h"

namespace pgfill::sim {
namespace {

std::string text(std::int64_t number) {
  return std::to_string(number);
}

}  // namespace

bool Database::all_done() const {
  return deferred_.empty() && std::all_of(committed_ranges_.begin(), committed_ranges_.end(),
                                          [](const auto& range) { return range.second.done || !range.second.exists; });
}

std::int64_t Database::batches_of(std::int64_t range) const {
  const auto found = committed_ranges_.find(range);
  return found == committed_ranges_.end() ? 0 : found->second.batches;
}

bool Database::is_done(std::int64_t range) const {
  const auto found = committed_ranges_.find(range);
  return found != committed_ranges_.end() && found->second.done;
}

std::int64_t Database::committed_by(std::int64_t runner) const {
  const auto found = committed_by_.find(runner);
  return found == committed_by_.end() ? 0 : found->second;
}

/// Whether a range says of a row that it is done: of an earlier pass, or behind the cursor of the present one.
bool Database::claims(const RangeRow& range, int key) const {
  if (!range.exists || key <= range.lower || key > range.upper) return false;
  const int stripe = stripe_of(key);
  if (range.done || stripe < range.stripe) return true;
  return key <= range.cursor && stripe < range.stripe + range.stripes;
}

/// Empty, or a row that a range claims without its being so, or one that was changed without any claim.
std::string Database::check_claims(std::int64_t id, const RangeRow& range) const {
  for (int key = range.lower + 1; range.exists && key <= range.upper; ++key) {
    const auto row = static_cast<std::size_t>(key);
    const bool claimed = claims(range, key);
    if (claimed && counts_[row] == 0 && !deferred_.contains(key)) {
      return "range " + text(id) + " claims row " + text(key) + ", which is not changed";
    }
    // What a transaction holds is not committed yet.
    if (!claimed && counts_[row] > 0 && row_owner_[row] == nullptr) {
      return "row " + text(key) + " is changed, but range " + text(id) + " does not know it";
    }
  }
  return {};
}

std::string Database::check_ledger() const {
  int covered = 0;
  for (const auto& [id, range] : ranges_) {
    if (std::string wrong = check_claims(id, range); !wrong.empty()) return wrong;
    if (range.exists) covered += range.upper - range.lower;
  }
  if (covered != shape_.rows) return "the ranges hold " + text(covered) + " rows of " + text(shape_.rows);
  return {};
}

/// Under its own epoch a worker knows where its range stands: it has asked after whatever was in doubt.
void Database::check_fence(const Lease& lease) {
  const auto found = ranges_.find(lease.range_id);
  if (found == ranges_.end() || !found->second.exists || found->second.epoch != lease.epoch) return;
  if (fenced(lease)) violations_.push_back("a worker goes on from where its range is not");
}

/// Each step of a range goes forward, within its pass or to a later one, and what it leaves behind is done.
void Database::check_step(std::int64_t id, const RangeRow& before, const RangeRow& after) {
  const bool same_pass = after.stripe == before.stripe;
  if (same_pass && !after.done && after.cursor <= before.cursor) violations_.push_back("a cursor does not go forward");
  if (after.stripe < before.stripe) violations_.push_back("a range goes back to an earlier pass");
  const bool begun = before.cursor != before.lower;
  if (same_pass && begun && after.stripes != before.stripes) violations_.push_back("a pass changes its stripes");
  if (same_pass && !after.done) return;
  if (!after.done && after.cursor != after.lower) violations_.push_back("a pass does not begin at the lower end");
  if (const std::string wrong = check_claims(id, after); !wrong.empty()) violations_.push_back(wrong);
}

std::string Database::check_rows() const {
  for (int key = 1; key <= shape_.rows; ++key) {
    const int count = counts_[static_cast<std::size_t>(key)];
    if (count != 1) return "row " + text(key) + " is changed " + text(count) + " times";
  }
  return {};
}

}  // namespace pgfill::sim
