#include "work/range_machine.h"

#include <algorithm>
#include <cassert>
#include <utility>

#include "work/row_failure.h"

namespace pgfill::work {
namespace {

/// Batches of a range for one that tells how much it wrote out of line.
constexpr std::int64_t batches_for_a_count = 16;

}  // namespace

RangeMachine::RangeMachine(RangeFacts facts, int number, Refusals& refusals)
    : facts_(std::move(facts)),
      number_(number),
      refusals_(refusals),
      sizer_(facts_.limits, facts_.row_bytes),
      snapshot_(facts_.reads_other_rows),
      read_ahead_(facts_.scattered_key),
      limits_(facts_.limits) {
  assert(facts_.stripes >= 1 && facts_.estimated_rows >= 0);
}

void RangeMachine::know(RangeFacts facts) {
  assert(!under_way() && "a range stays in its relation");
  assert(facts.stripes >= 1 && facts.estimated_rows >= 0);
  facts_ = std::move(facts);
  read_ahead_ = ReadAhead(facts_.scattered_key);
  missed_.reset();
}

const Decision& RangeMachine::begin(ledger::Lease lease) {
  assert(!under_way() && "a machine goes through one range at a time");
  lease_ = std::move(lease);
  check_lease();
  outcome_ = {};
  memory_.forget();
  effect_ = {};
  slice_.reset();
  way_ = Way::direct;
  known_.reset();
  gave_away_ = false;
  row_failure_.reset();
  decision_ = Decision();
  decision_.action = action::AskPermit{};
  return decision_;
}

const Decision& RangeMachine::next(Answer answer) {
  assert(under_way() && "a range that has ended waits for no answer");
  decision_.events.clear();
  decision_.measured.reset();
  decision_.committed.reset();
  decision_.range_added = false;
  decision_.tries_again = false;
  decision_.action = std::visit([this](auto& given) { return take(given); }, answer);
  return decision_;
}

Action RangeMachine::take(answer::Permitted& given) {
  asked<action::AskPermit>();
  if (given.permit == Permit::stop) {
    outcome_.end = RangeOutcome::End::given_back;
    return action::Release{};
  }
  limits_ = given.aim.limits;
  sizer_.aim(limits_, given.aim.time, given.aim.row_time);
  stripes_pay_ = given.aim.stripes_pay;
  if (!slice_) return find_slice();
  if (given.permit == Permit::split && !gave_away_) return give_away();
  if (!slice_->bound || goes_on_and_on()) return action::ProveEnd{goes_on_and_on()};
  return change();
}

Action RangeMachine::find_slice() {
  assert(!slice_ && way_ == Way::direct);
  if (at_begin_of_pass(lease_)) {
    lease_.stripes = stripes_of_pass(lease_, facts_.stripes, stripes_pay_);
    check_lease();
    memory_.begin(facts_.stripes > 1 && lease_.stripes == 1);
  }
  if (std::optional<Slice> known = known_slice()) {
    take_slice(std::move(*known));
    return action::AskPermit{};
  }
  if (read_ahead_.due()) {
    auto part = read_ahead_.part(lease_.cursor, slice_rows(), lease_.keys.upper);
    if (part) return action::ReadRows{std::move(*part)};
  }
  return walk_for_slice();
}

Action RangeMachine::walk_for_slice() {
  return action::Walk{lease_.cursor, slice_rows(), !lease_.keys.upper && !looks_before_the_end()};
}

Action RangeMachine::take(answer::Walked& given) {
  if (const auto* far = std::get_if<action::FindSplit>(&decision_.action)) return split_at(given.key, far->keep);
  take_slice(slice_from(given, asked<action::Walk>().rows));
  return action::AskPermit{};
}

Action RangeMachine::take(answer::Found& given) {
  const auto& reading = asked<action::ReadRows>();
  std::optional<Slice> found = read_ahead_.found(reading.part, std::move(given.last), given.rows, given.elapsed);
  if (!found) return walk_for_slice();
  take_slice(std::move(*found));
  return action::AskPermit{};
}

/// A pass that left what it remembers for a trial of another size would walk over the dead entries of all former ones.
std::optional<Slice> RangeMachine::known_slice() {
  return memory_.next(at_most(sizer_.rows_without_trial()));
}

/// To walk for the next slice.
std::int64_t RangeMachine::slice_rows() const {
  return at_most(sizer_.rows());
}

std::int64_t RangeMachine::at_most(std::int64_t by_time) const {
  const std::int64_t rows = std::min(
      {by_time, snapshot_.rows(), longest_slice(lease_, facts_.estimated_rows, facts_.stripes, limits_.min_rows)});
  assert(rows >= 1 && "a batch without rows gets nowhere");
  return rows;
}

Slice RangeMachine::slice_from(answer::Walked& walked, std::int64_t rows) const {
  if (walked.key) return {std::move(walked.key), rows, rows, false};
  if (lease_.keys.upper) return {lease_.keys.upper, 0, rows, true};
  assert((!walked.largest || !looks_before_the_end()) && "such a range asks before it takes what is left");
  if (walked.largest) return {std::move(walked.largest), 0, rows, false};
  return {};
}

void RangeMachine::take_slice(Slice slice) {
  slice_ = std::move(slice);
  way_ = Way::direct;
  check_slice();
}

/// Keys are compared by the server only, so this is what can be seen of a slice that lies in its range.
void RangeMachine::check_slice() const {
  assert(slice_->rows <= slice_->at_most && "a slice has no more rows than were walked for");
  assert((slice_->bound || !slice_->last) && "the end of a range is a bound");
  assert((!slice_->last || slice_->bound == lease_.keys.upper) && "the last slice ends where the range does");
}

void RangeMachine::check_lease() const {
  assert(lease_.stripe >= 0 && lease_.stripes >= 1 && lease_.stripe + lease_.stripes <= facts_.stripes &&
         "a pass changes stripes that there are");
  assert((!lease_.keys.lower || lease_.cursor) && "a cursor starts at the lower end");
}

/// As a batch, in the way that its expected time allows.
Action RangeMachine::change() {
  check_slice();
  assert(slice_->bound && slice_->at_most >= 1 && "a batch ends at a key");
  if (way_ == Way::direct) way_ = first_way(sizer_.expected(slice_->at_most), facts_.direct_patience);
  const std::int64_t rows = slice_rows();  // of the slice after this one
  known_ = slice_->last ? std::nullopt : known_slice();
  action::Change batch{*slice_, way_, {}, false, false};
  if (!slice_->last && !known_ && !read_ahead_.due()) {
    batch.walk = rows;
    batch.largest = !lease_.keys.upper && !looks_before_the_end();
  }
  batch.counts_toast = facts_.counts_toast && slice_->rows > 0 && outcome_.batches % batches_for_a_count == 0;
  gave_away_ = false;
  return batch;
}

Action RangeMachine::take(answer::Changed& given) {
  const auto& batch = asked<action::Change>();
  assert(given.changed >= 0 && given.inserted >= 0 && given.deferred >= 0 && given.elapsed.count() >= 0);
  assert((given.deferred == 0 || batch.way == Way::around_held) && "a direct batch waits for rows that others hold");
  sizer_.committed(batch.slice.rows, given.elapsed + read_ahead_.reading());
  snapshot_.committed();
  if (given.toast_bytes) sizer_.wrote(batch.slice.rows, *given.toast_bytes);
  read_ahead_.changed(lease_.cursor, batch.slice, given.elapsed);
  if (lease_.stripe > 0 && lease_.stripes == 1) decision_.measured = {given.on_page, given.changed};
  memory_.note(batch.slice);
  const bool range_ended = position_after(lease_, batch.slice, facts_.stripes).done;
  move_on(batch.slice, given.changed);
  note_work(given);
  if (feeds_itself(lease_, effect_, facts_.estimated_rows)) return fail(own_work());
  std::optional<Slice> following = std::exchange(known_, std::nullopt);
  if (batch.walk) following = slice_from(given.next, *batch.walk);
  slice_.reset();
  way_ = Way::direct;
  if (following) take_slice(std::move(*following));
  return after_batch(range_ended);
}

void RangeMachine::note_work(const answer::Changed& done) {
  const auto& batch = asked<action::Change>();
  effect_.changed += done.changed;
  effect_.inserted += done.inserted;
  outcome_.rows_changed += done.changed;
  ++outcome_.batches;
  decision_.committed = CommittedBatch{batch.slice.rows, done.changed, done.elapsed};
  decision_.events.emplace_back(
      event::BatchCommitted{lease_.range_id, number_, batch.slice.rows, done.changed, done.elapsed});
  if (done.deferred > 0) decision_.events.emplace_back(event::RowsDeferred{lease_.range_id, done.deferred});
}

/// As the ledger has it: the slice is committed as done.
void RangeMachine::move_on(const Slice& slice, std::int64_t changed) {
  ledger::Position position = position_after(lease_, slice, facts_.stripes);
  assert((position.done || position.stripe > lease_.stripe || position.cursor != lease_.cursor) &&
         "a range goes forward");
  lease_.cursor = std::move(position.cursor);
  lease_.stripe = position.stripe;
  lease_.stripes = position.stripes;
  lease_.rows_walked += slice.ends_with_the_table() ? changed : slice.probable_rows();
  check_lease();
}

Action RangeMachine::after_batch(bool range_ended) {
  assert((!range_ended || !slice_) && "nothing follows the last slice");
  if (!range_ended) return action::AskPermit{};
  decision_.events.emplace_back(event::RangeFinished{lease_.range_id, outcome_.rows_changed});
  return end();
}

Action RangeMachine::take(answer::EndSeen& given) {
  const bool in_any_case = asked<action::ProveEnd>().in_any_case;
  assert(!lease_.keys.upper && "only a range without an end has to prove it");
  assert(!(given.beyond && in_any_case) && "such a range is done whatever is left");
  slice_.reset();
  if (given.beyond) take_slice({std::move(given.beyond), 0, sizer_.rows(), false});
  return after_batch(!slice_);
}

Action RangeMachine::take(answer::Released& /*given*/) {
  asked<action::Release>();
  return end();
}

Action RangeMachine::end() {
  return action::Finished{std::exchange(outcome_, {})};
}

Action RangeMachine::fail(const postgres::Failure& failure) {
  note_failure(failure, outcome_);
  if (outcome_.failure == FailureClass::fenced) outcome_.end = RangeOutcome::End::fenced;
  // Also what looks for the next slice may have taken too long.
  if (outcome_.failure == FailureClass::slow) sizer_.too_slow(sizer_.rows());
  return end();
}

}  // namespace pgfill::work
