// Connections, transactions, and what happens to the server. What the job asks for is in job_protocol.cpp.
#include "sim/database.h"

#include <algorithm>

namespace pgfill::sim {
namespace {

constexpr std::size_t history_length = 400;

Answer lost(std::string message) {
  Answer answer;
  answer.message = std::move(message);
  return answer;
}

}  // namespace

struct Database::Call {
  explicit Call(boost::asio::any_io_executor executor) : answered(std::move(executor)) {}
  std::optional<Answer> answer;
  async::Condition answered;
};

Database::Database(World& world, const Shape& shape)
    : world_(world),
      shape_(shape),
      process_(world.add_process()),
      backends_(world.executor(process_)),
      unlocked_(world.executor(process_)),
      replicas_(world, shape.replicas, shape.drain_rate, shape.lag_limit),
      counts_(static_cast<std::size_t>(shape.rows) + 1, 0),
      row_owner_(counts_.size(), nullptr) {
  const int step = std::max(1, shape.rows / shape.ranges);
  for (int number = 0; number < shape.ranges; ++number) {
    RangeRow range;
    range.exists = true;
    range.lower = range.cursor = std::min(shape.rows, number * step);
    range.upper = number + 1 == shape.ranges ? shape.rows : std::min(shape.rows, (number + 1) * step);
    range.open = shape.open && number + 1 == shape.ranges;
    range.stripes = range.open ? shape.stripes : 1;  // gone over once
    range.share = static_cast<double>(range.upper - range.lower) / shape.rows;
    ranges_[number + 1] = range;
  }
  committed_ranges_ = ranges_;
  if (shape.wants > 0) backends_.spawn(want_rows());
}

Task<ConnectionPtr> Database::connect() {
  co_await async::sleep_for(shape_.network * 3);
  if (!up_) co_return nullptr;
  auto connection = std::make_shared<Connection>();
  connection->generation = generation_;
  connections_.push_back(connection);
  co_return connection;
}

Task<Answer> Database::ask(ConnectionPtr connection, Operation operation, Duration patience) {
  const async::Deadline deadline = async::Deadline::after(patience);
  co_await async::sleep_for(shape_.network);
  if (connection->broken || !up_ || connection->generation != generation_) {
    connection->broken = true;
    co_return lost("the connection is closed");
  }
  const auto call = std::make_shared<Call>(co_await boost::asio::this_coro::executor);
  const std::weak_ptr<Call> waiting = call;
  connection->wake = [waiting] {
    if (const auto present = waiting.lock()) present->answered.notify_all();
  };
  backends_.spawn(serve(connection, std::move(operation), call));
  while (!call->answer && !connection->broken && !deadline.passed()) co_await call->answered.wait(deadline.at);
  if (call->answer) co_return *call->answer;
  connection->broken = true;
  connection->client_gone = true;
  co_return lost("the connection broke while an answer was awaited");
}

Task<void> Database::serve(ConnectionPtr connection, Operation operation, std::shared_ptr<Call> call) {
  const int generation = generation_;
  Answer answer = co_await operation(connection);
  co_await async::sleep_for(shape_.network);
  if (generation != generation_ || connection->client_gone || connection->broken) co_return;
  call->answer = std::move(answer);
  call->answered.notify_all();
}

Database::TransactionPtr Database::begin(ConnectionPtr connection) {
  auto transaction = std::make_shared<Transaction>();
  transaction->connection = std::move(connection);
  open_.insert(transaction);
  return transaction;
}

/// Lets go of its locks.
void Database::end(const TransactionPtr& transaction) {
  transaction->over = true;
  for (const int key : transaction->rows) row_owner_[static_cast<std::size_t>(key)] = nullptr;
  for (const std::int64_t range : transaction->ranges) range_owner_.erase(range);
  open_.erase(transaction);
  unlocked_.notify_all();
}

void Database::undo(Transaction& transaction) {
  for (auto step = transaction.undo.rbegin(); step != transaction.undo.rend(); ++step) (*step)();
  transaction.undo.clear();
}

Answer Database::roll_back(const TransactionPtr& transaction, FailureClass failure, std::string message) {
  if (!transaction->over) {
    undo(*transaction);
    end(transaction);
  }
  Answer answer;
  answer.failure = failure;
  answer.message = std::move(message);
  return answer;
}

Task<Answer> Database::commit(TransactionPtr transaction, Answer answer) {
  if (!transaction->over) co_await async::sleep_for(shape_.commit_cost);
  const bool noticed = transaction->connection->client_gone && uniform(world_.random()) < shape_.client_seen_gone;
  if (transaction->over || noticed) co_return roll_back(transaction, FailureClass::reconnect, "terminated");
  for (const std::int64_t range : transaction->ranges) {
    committed_ranges_[range] = ranges_[range];
    committed_by_[ranges_[range].runner] += transaction->changed;
  }
  replicas_.written(transaction->changed + 1);
  remember(std::move(transaction->undo));
  end(transaction);
  answer.ok = true;
  answer.timeline = generation_;
  co_return answer;
}

Task<Answer> Database::commit_alone(ConnectionPtr connection, Answer answer) {
  co_return co_await commit(begin(std::move(connection)), std::move(answer));
}

void Database::remember(std::vector<std::function<void()>> undo) {
  history_.push_back({world_.time(), std::move(undo)});
  if (history_.size() > history_length) history_.pop_front();
}

Task<bool> Database::lock_range(TransactionPtr transaction, std::int64_t range) {
  const async::Deadline deadline = async::Deadline::after(std::chrono::milliseconds(600));
  while (!transaction->over) {
    Transaction*& owner = range_owner_[range];
    if (owner == nullptr || owner == transaction.get()) {
      if (owner == nullptr) transaction->ranges.push_back(range);
      owner = transaction.get();
      co_return true;
    }
    if (deadline.passed()) break;
    co_await unlocked_.wait(deadline.at);
  }
  co_return false;
}

void Database::fail_over(Duration lost_time, Duration outage) {
  last_trouble = world_.time() + outage;
  while (!open_.empty()) {
    const TransactionPtr transaction = *open_.begin();
    undo(*transaction);
    end(transaction);
  }
  while (!history_.empty() && history_.back().at > world_.time() - lost_time) {
    auto& steps = history_.back().undo;
    for (auto step = steps.rbegin(); step != steps.rend(); ++step) (*step)();
    history_.pop_back();
  }
  std::erase_if(ranges_, [](const auto& range) { return !range.second.exists; });
  committed_ranges_ = ranges_;
  if (const std::string claim = check_ledger(); !claim.empty()) violations_.push_back("after a failover: " + claim);
  ++generation_;
  up_ = false;
  replicas_.reset();
  for (const ConnectionPtr& connection : connections_) cut(connection, false);
  connections_.clear();
  world_.schedule(world_.time() + outage, [this] { up_ = !stays_down_; });
}

void Database::cut(const ConnectionPtr& connection, bool silent) {
  connection->client_gone = true;
  connection->silent = silent;
  if (silent) return;
  connection->broken = true;
  if (connection->wake) connection->wake();
}

void Database::leave(const ConnectionPtr& connection) {
  connection->client_gone = true;
  connection->broken = true;
}

ConnectionPtr Database::random_connection() {
  std::erase_if(connections_, [](const ConnectionPtr& connection) { return connection->broken; });
  if (connections_.empty()) return nullptr;
  return connections_[world_.random()() % connections_.size()];
}

void Database::hold_rows(int first, int count, Duration length) {
  std::vector<int> keys;
  for (int key = std::max(1, first); key < first + count && key <= shape_.rows; ++key) keys.push_back(key);
  if (up_) backends_.spawn(hold(std::move(keys), length));
}

/// The application never waits for us here: it takes what is free.
Task<void> Database::hold(std::vector<int> keys, Duration length) {
  const TransactionPtr transaction = begin(std::make_shared<Connection>());
  for (const int key : keys) {
    auto& owner = row_owner_[static_cast<std::size_t>(key)];
    if (owner != nullptr) continue;
    owner = transaction.get();
    transaction->rows.push_back(key);
  }
  co_await async::sleep_for(length);
  if (!transaction->over) end(transaction);
}

/// An application that needs one row after the other.
Task<void> Database::want_rows() {
  const auto pause = std::chrono::duration_cast<Duration>(std::chrono::duration<double>(1 / shape_.wants));
  while (!stays_down_) {
    co_await async::sleep_for(pause);
    co_await want(static_cast<int>(between(world_.random(), 1, shape_.rows)));
  }
}

/// As run/pressure.h does for it: who has the row for longer than others may wait is cancelled.
Task<void> Database::want(int key) {
  const async::Deadline limit = async::Deadline::after(std::chrono::milliseconds(100));
  for (;;) {
    Transaction* owner = row_owner_[static_cast<std::size_t>(key)];
    if (owner == nullptr) co_return;
    if (limit.passed()) {
      owner->cancelled = true;
      unlocked_.notify_all();
      co_return;
    }
    co_await unlocked_.wait(limit.at);
  }
}

void Database::shut_down() {
  up_ = false;
  stays_down_ = true;
  for (const ConnectionPtr& connection : connections_) cut(connection, false);
}

}  // namespace pgfill::sim
