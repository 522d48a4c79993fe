// What a job asks of the modelled server about its ranges: the protocol of the engine's SQL.
#include <algorithm>

#include "sim/database.h"

namespace pgfill::sim {
namespace {

/// Several workers may each try a size that is too large for their range.
constexpr int most_times_too_slow = 12;
/// A row that is read and not changed costs a part of one that is.
constexpr int rows_read_for_one = 8;

std::string text(std::int64_t number) {
  return std::to_string(number);
}

Lease lease_of(std::int64_t id, const RangeRow& range) {
  Lease lease;
  lease.range_id = id;
  lease.epoch = range.epoch;
  lease.keys.lower = key_of(range.lower);
  if (!range.open) lease.keys.upper = key_of(range.upper);
  lease.cursor = key_of(range.cursor);
  lease.stripe = range.stripe;
  lease.stripes = range.stripes;
  lease.share = range.share;
  lease.rows_walked = range.walked;
  return lease;
}

}  // namespace

bool Database::fenced(const Lease& lease) const {
  const auto found = ranges_.find(lease.range_id);
  if (found == ranges_.end()) return true;  // a failover took its beginning back
  const RangeRow& range = found->second;
  return !range.exists || range.done || range.epoch != lease.epoch || range.cursor != number_of(lease.cursor) ||
         range.stripe != lease.stripe;
}

void Database::write_range(const TransactionPtr& transaction, std::int64_t range, const RangeRow& row) {
  const RangeRow before = ranges_[range];
  transaction->undo.push_back([this, range, before] { ranges_[range] = before; });
  ranges_[range] = row;
}

void Database::defer(const TransactionPtr& transaction, int key) {
  deferred_.insert(key);
  transaction->undo.push_back([this, key] { deferred_.erase(key); });
}

void Database::change_rows(const TransactionPtr& transaction, const std::vector<int>& keys) {
  for (const int key : keys) {
    if (++counts_[static_cast<std::size_t>(key)] > 1) violations_.push_back("row " + text(key) + " is changed twice");
  }
  const auto changed = static_cast<std::int64_t>(keys.size());
  rows_changed_ += changed;
  transaction->changed += static_cast<int>(changed);
  transaction->undo.push_back([this, keys, changed] {
    for (const int key : keys) --counts_[static_cast<std::size_t>(key)];
    rows_changed_ -= changed;
  });
}

/// Of the present pass, above `from` up to `to`.
std::vector<int> Database::rows_of(const Lease& lease, int from, int to) const {
  std::vector<int> keys;
  for (int key = from + 1; key <= to; ++key) {
    const int stripe = stripe_of(key);
    if (stripe >= lease.stripe && stripe < lease.stripe + lease.stripes) keys.push_back(key);
  }
  return keys;
}

bool Database::refuses(int key) const {
  const auto refused = refused_.find(key);
  return refused != refused_.end() && world_.time() >= refused->second.first && world_.time() < refused->second.second;
}

void Database::blame(const Lease& lease, int bound) {
  if (!blamed_at) blamed_at = world_.time();
  for (const int key : rows_of(lease, number_of(lease.cursor), bound)) {
    const auto refused = refused_.find(key);
    if (refused != refused_.end() && world_.time() - refused->second.first >= work::Refusals::least_span) return;
  }
  violations_.push_back("a row counts as bad that has not been refused for long");
}

/// Takes the rows of a slice; not ok when one stays held for too long.
Task<Answer> Database::lock_rows(TransactionPtr transaction, const Batch& batch) {
  const async::Deadline deadline = async::Deadline::after(direct_patience);
  std::vector<int> keys;
  Answer answer;
  for (const int key : rows_of(batch.lease, number_of(batch.lease.cursor), batch.bound)) {
    Transaction*& owner = row_owner_[static_cast<std::size_t>(key)];
    if (owner != nullptr && batch.way == work::Way::around_held) {
      defer(transaction, key);
      ++answer.deferred;
      continue;
    }
    while (owner != nullptr && !transaction->over && !deadline.passed()) co_await unlocked_.wait(deadline.at);
    if (owner != nullptr || transaction->over) co_return roll_back(transaction, FailureClass::locked, "lock timeout");
    owner = transaction.get();
    transaction->rows.push_back(key);
    keys.push_back(key);
  }
  if (std::any_of(keys.begin(), keys.end(), [this](int key) { return refuses(key); })) {
    answer = roll_back(transaction, FailureClass::retry, "a trigger refuses a row");
    answer.by_function = true;
    co_return answer;
  }
  change_rows(transaction, keys);
  answer.ok = true;
  answer.number = static_cast<std::int64_t>(keys.size());
  if (versions_kept_until_ <= world_.time()) answer.on_page = answer.number;
  co_return answer;
}

/// Takes the time that the rows of a batch need; not ok when it is more than there is.
Task<Answer> Database::change_in_time(TransactionPtr transaction, const Batch& batch, Answer locked) {
  if (batch.walk > 0) take_walk(batch.lease, batch.bound, batch.walk, locked);
  const std::int64_t read = (batch.bound - number_of(batch.lease.cursor) - locked.number) / rows_read_for_one;
  const Duration cost = shape_.batch_cost + shape_.row_cost * (locked.number + read);
  const Duration patience = batch.way == work::Way::direct ? direct_patience : statement_patience;
  const bool slowed = slow_until_ > world_.time() && locked.number > rows_in_time_;
  const async::Deadline end = async::Deadline::after(slowed ? direct_patience : std::min(cost, patience));
  while (!transaction->over && !transaction->cancelled && !end.passed()) co_await unlocked_.wait(end.at);
  if (transaction->over) co_return roll_back(transaction, FailureClass::reconnect, "terminated");
  if (!slowed && !transaction->cancelled && cost <= patience) co_return locked;
  note_slow(batch, locked.number);
  co_return roll_back(transaction, FailureClass::slow, transaction->cancelled ? "cancelled" : "statement timeout");
}

/// What took too long is tried again smaller, or it is a single row: not as it was, over and over.
void Database::note_slow(const Batch& batch, std::int64_t rows) {
  ++slow_batches_;
  const std::int64_t id = batch.lease.range_id;
  Slow& last = slow_[id];
  const Slow now{ranges_[id].runner, number_of(batch.lease.cursor), batch.lease.stripe, rows, last.times + 1};
  const bool same =
      last.runner == now.runner && last.cursor == now.cursor && last.stripe == now.stripe && last.rows == now.rows;
  last = now;
  if (!same) last.times = 1;
  if (rows > 1 && last.times > most_times_too_slow) {
    violations_.push_back("a batch of " + text(rows) + " rows takes too long again and again");
  }
}

Task<Answer> Database::batch(ConnectionPtr connection, Batch batch) {
  const TransactionPtr transaction = begin(std::move(connection));
  const std::int64_t id = batch.lease.range_id;
  if (!co_await lock_range(transaction, id)) co_return roll_back(transaction, FailureClass::locked, "lock timeout");
  check_fence(batch.lease);
  if (fenced(batch.lease)) co_return roll_back(transaction, FailureClass::fenced, "another runner holds the range");
  Answer answer = co_await lock_rows(transaction, batch);
  if (!answer.ok) co_return answer;
  answer = co_await change_in_time(transaction, batch, std::move(answer));
  if (!answer.ok) co_return answer;
  const RangeRow before = ranges_[id];
  if (before.epoch != batch.lease.epoch) violations_.push_back("a range is written under two epochs");
  RangeRow moved = before;
  moved.cursor = number_of(batch.after.cursor);
  moved.stripe = batch.after.stripe;
  moved.stripes = batch.after.stripes;
  moved.done = batch.after.done;
  moved.walked += batch.walked.value_or(answer.number);
  ++moved.batches;
  ++batches_;
  write_range(transaction, id, moved);
  check_step(id, before, moved);
  co_return co_await commit(transaction, answer);
}

/// The key `rows` rows of the pass above `from`; without an upper end also the largest key.
void Database::take_walk(const Lease& lease, int from, std::int64_t rows, Answer& answer) const {
  const int upper = lease.keys.upper ? number_of(lease.keys.upper) : shape_.rows;
  const std::vector<int> keys = rows_of(lease, from, upper);
  if (static_cast<std::int64_t>(keys.size()) >= rows) answer.nth = keys[static_cast<std::size_t>(rows - 1)];
  if (!lease.keys.upper && from < upper) answer.largest = upper;
}

Task<Answer> Database::walk(ConnectionPtr connection, Lease lease, int from, std::int64_t rows) {
  Answer answer;
  take_walk(lease, from, rows, answer);
  co_return co_await commit_alone(std::move(connection), answer);
}

/// Without an end, a range is done when no key is found beyond its cursor, under the fence.
Task<Answer> Database::prove_end(ConnectionPtr connection, Lease lease) {
  const TransactionPtr transaction = begin(std::move(connection));
  const std::int64_t id = lease.range_id;
  if (!co_await lock_range(transaction, id)) co_return roll_back(transaction, FailureClass::locked, "lock timeout");
  check_fence(lease);
  if (fenced(lease)) co_return roll_back(transaction, FailureClass::fenced, "another runner holds the range");
  Answer answer;
  take_walk(lease, number_of(lease.cursor), 1, answer);
  RangeRow ended = ranges_[id];
  ended.done = true;
  if (answer.largest == 0) write_range(transaction, id, ended);
  co_return co_await commit(transaction, answer);
}

/// Which range a lease is about, as committed when it is asked for.
std::optional<std::int64_t> Database::choose(std::int64_t runner, std::optional<std::int64_t> again,
                                             const std::set<std::int64_t>& known, bool lost) const {
  for (const auto& [id, range] : committed_ranges_) {
    if (!range.exists || range.done) continue;
    const bool ours = range.runner == runner;
    if (again ? id == *again && ours : lost ? ours && !known.contains(id) : !ours) return id;
  }
  return std::nullopt;
}

Task<Answer> Database::lease(ConnectionPtr connection, std::int64_t runner, std::optional<std::int64_t> again,
                             std::set<std::int64_t> known, bool lost) {
  const TransactionPtr transaction = begin(std::move(connection));
  for (;;) {
    const auto chosen = present(runner) ? choose(runner, again, known, lost) : std::nullopt;
    Answer answer;
    if (!chosen) co_return co_await commit(transaction, answer);
    if (!co_await lock_range(transaction, *chosen)) {
      co_return roll_back(transaction, FailureClass::locked, "lock timeout");
    }
    RangeRow range = ranges_[*chosen];
    const bool ours = range.runner == runner;
    // Somebody changed it while we waited: PostgreSQL looks at the condition again.
    if (range.done || (again || lost ? !ours : ours)) continue;
    ++range.epoch;
    range.runner = runner;
    write_range(transaction, *chosen, range);
    answer.lease = lease_of(*chosen, range);
    co_return co_await commit(transaction, answer);
  }
}

Task<Answer> Database::release(ConnectionPtr connection, Lease lease) {
  const TransactionPtr transaction = begin(std::move(connection));
  if (!co_await lock_range(transaction, lease.range_id)) {
    co_return roll_back(transaction, FailureClass::locked, "lock timeout");
  }
  RangeRow range = ranges_[lease.range_id];
  if (range.epoch == lease.epoch) {
    range.runner = 0;
    write_range(transaction, lease.range_id, range);
  }
  Answer answer;
  co_return co_await commit(transaction, answer);
}

Task<Answer> Database::split(ConnectionPtr connection, Lease lease, Cut cut) {
  const TransactionPtr transaction = begin(std::move(connection));
  if (!co_await lock_range(transaction, lease.range_id)) {
    co_return roll_back(transaction, FailureClass::locked, "lock timeout");
  }
  check_fence(lease);
  if (fenced(lease)) co_return roll_back(transaction, FailureClass::fenced, "another runner holds the range");
  const std::int64_t id = ranges_.rbegin()->first + 1;
  RangeRow near = ranges_[lease.range_id];
  RangeRow far = near;  // in the same pass, from its begin
  far.lower = far.cursor = cut.at;
  far.share = std::max(near.share - cut.share, 0.0);
  far.walked = cut.walked;
  far.epoch = far.runner = far.batches = 0;
  near.upper = cut.at;
  near.open = false;
  near.share = std::min(near.share, cut.share);
  near.walked = std::max<std::int64_t>(near.walked - cut.walked, 0);
  co_await lock_range(transaction, id);
  write_range(transaction, lease.range_id, near);
  write_range(transaction, id, far);
  Answer answer;
  answer.number = id;
  co_return co_await commit(transaction, answer);
}

Task<Answer> Database::retry_deferred(ConnectionPtr connection) {
  const TransactionPtr transaction = begin(std::move(connection));
  std::vector<int> keys;
  for (const int key : deferred_) {
    Transaction*& owner = row_owner_[static_cast<std::size_t>(key)];
    if (owner != nullptr) continue;
    owner = transaction.get();
    transaction->rows.push_back(key);
    keys.push_back(key);
  }
  for (const int key : keys) {
    deferred_.erase(key);
    transaction->undo.push_back([this, key] { deferred_.insert(key); });
  }
  change_rows(transaction, keys);
  Answer answer;
  answer.number = static_cast<std::int64_t>(deferred_.size());
  co_return co_await commit(transaction, answer);
}

}  // namespace pgfill::sim
