// What a job asks of the modelled server, and the checks of what is true: the protocol of the engine's SQL.
#include <algorithm>

#include "sim/database.h"

namespace pgfill::sim {
namespace {

constexpr std::chrono::seconds runner_lease{10};

std::string text(std::int64_t number) {
  return std::to_string(number);
}

}  // namespace

bool Database::fenced(const RangeLease& lease) const {
  const auto found = ranges_.find(lease.range);
  if (found == ranges_.end()) return true;  // a failover took its beginning back
  const RangeRow& range = found->second;
  return !range.exists || range.done || range.epoch != lease.epoch || range.cursor != lease.cursor;
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

/// Takes the rows of a slice; not ok when one stays held for too long.
Task<Answer> Database::lock_rows(TransactionPtr transaction, const Batch& batch) {
  const async::Deadline deadline = async::Deadline::after(std::chrono::milliseconds(600));
  std::vector<int> keys;
  for (int key = batch.lease.cursor + 1; key <= batch.bound; ++key) {
    Transaction*& owner = row_owner_[static_cast<std::size_t>(key)];
    if (owner != nullptr && batch.way == work::Way::around_held) {
      defer(transaction, key);
      continue;
    }
    while (owner != nullptr && !transaction->over && !deadline.passed()) co_await unlocked_.wait(deadline.at);
    if (owner != nullptr || transaction->over) co_return roll_back(transaction, FailureClass::locked, "lock timeout");
    owner = transaction.get();
    transaction->rows.push_back(key);
    keys.push_back(key);
  }
  change_rows(transaction, keys);
  Answer answer;
  answer.ok = true;
  answer.number = static_cast<std::int64_t>(keys.size());
  co_return answer;
}

Task<Answer> Database::batch(ConnectionPtr connection, Batch batch) {
  const TransactionPtr transaction = begin(std::move(connection));
  if (!co_await lock_range(transaction, batch.lease.range)) {
    co_return roll_back(transaction, FailureClass::locked, "lock timeout");
  }
  if (fenced(batch.lease)) co_return roll_back(transaction, FailureClass::fenced, "another runner holds the range");
  Answer answer = co_await lock_rows(transaction, batch);
  if (!answer.ok) co_return answer;
  co_await async::sleep_for(shape_.row_cost * (batch.bound - batch.lease.cursor));
  if (transaction->over) co_return roll_back(transaction, FailureClass::reconnect, "terminated");
  RangeRow moved = ranges_[batch.lease.range];
  if (moved.epoch != batch.lease.epoch) violations_.push_back("a range is written under two epochs");
  moved.cursor = batch.bound;
  moved.done = batch.last;
  write_range(transaction, batch.lease.range, moved);
  co_return co_await commit(transaction, answer);
}

bool Database::present(std::int64_t runner) const {
  const bool known = runner > 0 && runner <= static_cast<std::int64_t>(runners_.size());
  return known && !runners_[static_cast<std::size_t>(runner - 1)].ended;
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
    answer.lease = RangeLease{*chosen, range.epoch, range.cursor, range.upper};
    co_return co_await commit(transaction, answer);
  }
}

Task<Answer> Database::release(ConnectionPtr connection, RangeLease lease) {
  const TransactionPtr transaction = begin(std::move(connection));
  if (!co_await lock_range(transaction, lease.range)) {
    co_return roll_back(transaction, FailureClass::locked, "lock timeout");
  }
  RangeRow range = ranges_[lease.range];
  if (range.epoch == lease.epoch) {
    range.runner = 0;
    write_range(transaction, lease.range, range);
  }
  Answer answer;
  co_return co_await commit(transaction, answer);
}

Task<Answer> Database::split(ConnectionPtr connection, RangeLease lease, int at) {
  const TransactionPtr transaction = begin(std::move(connection));
  if (!co_await lock_range(transaction, lease.range)) {
    co_return roll_back(transaction, FailureClass::locked, "lock timeout");
  }
  if (fenced(lease)) co_return roll_back(transaction, FailureClass::fenced, "another runner holds the range");
  const std::int64_t id = ranges_.rbegin()->first + 1;
  RangeRow near = ranges_[lease.range];
  RangeRow far;
  far.exists = true;
  far.lower = far.cursor = at;
  far.upper = near.upper;
  near.upper = at;
  co_await lock_range(transaction, id);
  write_range(transaction, lease.range, near);
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

void Database::write_runner(std::int64_t id, const RunnerRow& row) {
  const RunnerRow before = runners_[static_cast<std::size_t>(id - 1)];
  std::vector<std::function<void()>> undo;
  undo.push_back([this, id, before] { runners_[static_cast<std::size_t>(id - 1)] = before; });
  runners_[static_cast<std::size_t>(id - 1)] = row;
  remember(std::move(undo));
}

Task<Answer> Database::present_runner(ConnectionPtr connection) {
  Answer answer = co_await commit_alone(std::move(connection), Answer());
  for (const RunnerRow& row : runners_) {
    if (row.ended) continue;
    answer.runner = row;
    answer.runner.lease_runs = server_time() < row.seen_at + runner_lease;
    const ConnectionPtr& control = controls_[row.id];
    answer.runner.session_gone = (control->client_gone && !control->silent) || control->generation != generation_;
  }
  co_return answer;
}

Task<Answer> Database::begin_runner(ConnectionPtr connection, std::int64_t former, ConnectionPtr control) {
  Answer answer = co_await commit_alone(std::move(connection), Answer());
  std::int64_t now_present = 0;
  for (const RunnerRow& row : runners_) {
    if (!row.ended) now_present = row.id;
  }
  if (!answer.ok || now_present != former) co_return answer;
  RunnerRow row;
  if (former != 0) {
    row = runners_[static_cast<std::size_t>(former - 1)];
    row.ended = true;
    write_runner(former, row);
  }
  RunnerRow fresh;
  fresh.ended = true;  // so it is again when a failover takes its beginning back
  fresh.id = static_cast<std::int64_t>(runners_.size()) + 1;
  runners_.push_back(fresh);
  controls_[fresh.id] = std::move(control);
  fresh.ended = false;
  fresh.seen_at = server_time();
  write_runner(fresh.id, fresh);
  answer.number = fresh.id;
  co_return answer;
}

Task<Answer> Database::heartbeat(ConnectionPtr connection, std::int64_t runner) {
  Answer answer = co_await commit_alone(std::move(connection), Answer());
  if (!answer.ok || !present(runner)) co_return answer;
  RunnerRow row = runners_[static_cast<std::size_t>(runner - 1)];
  row.seen_at = server_time();
  write_runner(runner, row);
  answer.number = runner;
  co_return answer;
}

Task<Answer> Database::end_runner(ConnectionPtr connection, std::int64_t runner) {
  Answer answer = co_await commit_alone(std::move(connection), Answer());
  if (!answer.ok) co_return answer;
  answer.runner.ended = !present(runner);  // before
  if (present(runner)) {
    RunnerRow row = runners_[static_cast<std::size_t>(runner - 1)];
    row.ended = true;
    write_runner(runner, row);
  }
  answer.number = all_done() ? 1 : 0;
  if (const std::string row = check_rows(); all_done() && !row.empty()) violations_.push_back("done, but " + row);
  co_return answer;
}

Task<Answer> Database::sample(ConnectionPtr connection) {
  Answer answer = co_await commit_alone(std::move(connection), Answer());
  answer.lags = replicas_.seen();
  answer.sessions = sessions;
  co_return answer;
}

bool Database::all_done() const {
  return deferred_.empty() && std::all_of(committed_ranges_.begin(), committed_ranges_.end(),
                                          [](const auto& range) { return range.second.done || !range.second.exists; });
}

std::string Database::check_ledger() const {
  for (const auto& [id, range] : ranges_) {
    for (int key = range.lower + 1; range.exists && key <= range.cursor; ++key) {
      if (counts_[static_cast<std::size_t>(key)] == 0 && !deferred_.contains(key)) {
        return "range " + text(id) + " claims row " + text(key) + ", which is not changed";
      }
    }
  }
  return {};
}

std::string Database::check_rows() const {
  for (int key = 1; key <= shape_.rows; ++key) {
    const int count = counts_[static_cast<std::size_t>(key)];
    if (count != 1) return "row " + text(key) + " is changed " + text(count) + " times";
  }
  return {};
}

}  // namespace pgfill::sim
