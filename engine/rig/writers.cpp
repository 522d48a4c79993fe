#include "rig/writers.h"

#include <algorithm>
#include <random>

#include "async/run_to_end.h"
#include "async/task_group.h"
#include "postgres/transaction.h"
#include "rig/statements.h"

namespace pgfill::rig {
namespace {

using async::Clock;
using async::Task;
using postgres::Command;
using postgres::Parameters;
using postgres::Session;
using namespace std::chrono_literals;

Command command(sql::Statement statement, std::initializer_list<std::int64_t> values) {
  Command result{statement, {}};
  for (const auto value : values) result.parameters.emplace_back(std::to_string(value));
  return result;
}

std::chrono::microseconds percentile(std::vector<std::int32_t>& values, double share) {
  auto nth = values.begin() + static_cast<std::ptrdiff_t>(share * static_cast<double>(values.size() - 1));
  std::nth_element(values.begin(), nth, values.end());
  return std::chrono::microseconds{*nth};
}

/// Its transactions are isolated so unless they say otherwise.
ConnectionSettings isolated(ConnectionSettings connection, Isolation isolation) {
  if (isolation == Isolation::read_committed) return connection;
  const char* level = isolation == Isolation::serializable ? "serializable" : "repeatable\\ read";
  connection.keywords.emplace_back("options", std::string("-c default_transaction_isolation=") + level);
  return connection;
}

}  // namespace

/// One writer's choices; the same seed makes the same choices.
struct Writers::Random {
  std::mt19937_64 engine;
  std::int64_t next_operation;
  const Workload& workload;

  double share() { return std::uniform_real_distribution<double>(0, 1)(engine); }
  int between(int least, int most) { return std::uniform_int_distribution<int>(least, most)(engine); }
  std::int64_t value() { return std::uniform_int_distribution<std::int64_t>(-1000, 1000)(engine); }
  std::int64_t key() { return workload.stride * std::uniform_int_distribution<std::int64_t>(1, workload.rows)(engine); }
};

Writers::Writers(const ConnectionSettings& connection, const Workload& workload, WritersOptions options)
    : connection_(isolated(connection, options.isolation)), workload_(workload), options_(options) {
  thread_ = std::thread(&Writers::run, this);
}

Writers::~Writers() {
  stopping_ = true;
  if (thread_.joinable()) thread_.join();
}

void Writers::stop() {
  stopping_ = true;
  if (thread_.joinable()) thread_.join();
  if (failure_) std::rethrow_exception(std::exchange(failure_, nullptr));
}

void Writers::run() {
  try {
    async::run_to_end(supervise());
  } catch (...) {
    failure_ = std::current_exception();
  }
}

Task<void> Writers::supervise() {
  async::TaskGroup group(co_await boost::asio::this_coro::executor);
  for (int writer = 0; writer < options_.writers; ++writer) group.spawn(work(writer));
  co_await group.join();
}

Task<void> Writers::work(int writer) {
  const auto number = static_cast<std::uint64_t>(writer);
  Random random{std::mt19937_64(options_.seed * 1'000 + number), std::int64_t{writer} << 40, workload_};
  const auto interval =
      std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(options_.writers / options_.rate));
  auto due = Clock::now() + interval * writer / options_.writers;
  std::unique_ptr<Session> session;
  for (; !stopping_; due += interval) {
    const auto early = due - Clock::now();
    if (early > 0s) co_await async::sleep_for(early);
    bool connected = session != nullptr;
    try {
      if (!connected) {
        const auto deadline = async::Deadline::after(5s);
        session = co_await Session::open(connection_, "application", deadline);
      }
      co_await transact(*session, random);
      finished(due);
    } catch (const postgres::Failure& failure) {
      refused(failure);
      if (session && !session->open()) session.reset();
    }
    if (!session) co_await async::sleep_for(20ms);
  }
}

Task<void> Writers::transact(Session& session, Random& random) {
  const Mix& mix = options_.mix;
  double share = random.share();
  if ((share -= mix.change) < 0) {
    co_await change(session, random, 1);
  } else if ((share -= mix.pair) < 0) {
    co_await change(session, random, 2);
  } else if ((share -= mix.hold) < 0) {
    co_await change(session, random, random.between(2, 8), true);
  } else if ((share -= mix.insert) < 0) {
    co_await insert(session, random);
  } else if ((share -= mix.remove) < 0) {
    co_await remove(session, random);
  } else if ((share -= mix.move) < 0) {
    co_await move(session, random);
  } else {
    co_await read(session, random);
  }
}

Task<void> Writers::read(Session& session, Random& random) {
  auto select = command(workload_.read, {random.key()});
  co_await session.query(select.statement, std::move(select.parameters));
}

Task<void> Writers::change(Session& session, Random& random, int rows, bool hold) {
  std::vector<std::int64_t> keys;
  for (int row = 0; row < rows; ++row) keys.push_back(random.key());
  std::ranges::sort(keys, std::ranges::greater());
  std::vector<Command> commands;
  std::vector<std::int64_t> operations;
  std::vector<std::size_t> logged_by;
  commands.push_back(command(sql::rig_begin, {}));
  for (const auto key : keys) {
    const auto operation = ++random.next_operation;
    const auto value = random.value();
    commands.push_back(command(workload_.lock, {key}));
    logged_by.push_back(commands.size());
    operations.push_back(operation);
    commands.push_back(command(workload_.log_change, {key, operation, value}));
    commands.push_back(command(workload_.change, {key, value}));
    if (hold && key == keys.front()) commands.push_back(held(random));
  }
  co_await commit(session, std::move(commands), std::move(operations), std::move(logged_by));
}

/// Half of the new rows go between the old ones, where the subject has room, half above them all.
Task<void> Writers::insert(Session& session, Random& random) {
  std::int64_t key = (workload_.rows + 1) * workload_.stride + ++places_;
  if (workload_.stride > 1 && random.share() < 0.5) key = random.key() - 1 - key % (workload_.stride - 1);
  const auto operation = ++random.next_operation;
  std::vector<Command> commands;
  commands.push_back(command(sql::rig_begin, {}));
  commands.push_back(command(workload_.insert, {key, operation, random.value()}));
  if (options_.mix.hold > 0 && random.between(1, 3) == 1) commands.push_back(held(random));
  std::vector<std::int64_t> operations(1, operation);
  std::vector<std::size_t> logged_by(1, 1);
  co_await commit(session, std::move(commands), std::move(operations), std::move(logged_by));
}

/// To a place that no other row ever has.
Task<void> Writers::move(Session& session, Random& random) {
  const auto key = random.key();
  const auto operation = ++random.next_operation;
  std::vector<Command> commands;
  commands.push_back(command(sql::rig_begin, {}));
  commands.push_back(command(workload_.lock, {key}));
  commands.push_back(command(workload_.log_change, {key, operation, 0}));
  commands.push_back(command(workload_.move, {key, (workload_.rows + 1) * workload_.stride + ++places_}));
  std::vector<std::int64_t> operations(1, operation);
  std::vector<std::size_t> logged_by(1, 2);
  co_await commit(session, std::move(commands), std::move(operations), std::move(logged_by));
}

Task<void> Writers::remove(Session& session, Random& random) {
  const auto key = random.key();
  const auto operation = ++random.next_operation;
  std::vector<Command> commands;
  commands.push_back(command(sql::rig_begin, {}));
  commands.push_back(command(workload_.lock, {key}));
  commands.push_back(command(workload_.log_delete, {key, operation}));
  commands.push_back(command(workload_.remove, {key}));
  std::vector<std::int64_t> operations(1, operation);
  std::vector<std::size_t> logged_by(1, 2);
  co_await commit(session, std::move(commands), std::move(operations), std::move(logged_by));
}

/// An operation on a row that is gone logs nothing, so only what was logged is acknowledged.
Task<void> Writers::commit(Session& session, std::vector<Command> commands, std::vector<std::int64_t> operations,
                           std::vector<std::size_t> logged_by) {
  commands.push_back(postgres::commit());
  std::vector<postgres::Rows> answers;
  while (answers.empty()) {
    std::vector<Command> attempt = commands;
    try {
      answers = co_await session.exchange(std::move(attempt));
    } catch (const postgres::Failure& failure) {
      if (stopping_ || !count_serialization_failure(failure)) throw;
    }
  }
  if (answers.back().tag() != "COMMIT") throw std::logic_error("a transaction of a writer did not commit");
  for (std::size_t i = 0; i < operations.size(); ++i) {
    if (answers[logged_by[i]].affected() == 1) acknowledge(operations[i]);
  }
}

Command Writers::held(Random& random) const {
  Command hold{sql::rig_hold, {}};
  const std::chrono::duration<double> time = options_.longest_hold * random.share();
  hold.parameters.emplace_back(std::to_string(time.count()));
  return hold;
}

/// False when it is none, or none that this isolation brings with it.
bool Writers::count_serialization_failure(const postgres::Failure& failure) {
  if (failure.condition() != postgres::Condition::serialization_failure ||
      options_.isolation == Isolation::read_committed)
    return false;
  const std::scoped_lock lock(mutex_);
  ++serialization_failures_;
  return true;
}

void Writers::acknowledge(std::int64_t operation) {
  const std::scoped_lock lock(mutex_);
  acknowledged_.push_back(operation);
}

void Writers::refused(const postgres::Failure& failure) {
  if (count_serialization_failure(failure)) return;
  const std::scoped_lock lock(mutex_);
  ++errors_[failure.sqlstate().empty() ? "connection" : failure.sqlstate()];
}

void Writers::finished(async::TimePoint due) {
  const auto latency = std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - due);
  const std::scoped_lock lock(mutex_);
  latencies_.push_back(static_cast<std::int32_t>(latency.count()));
}

void Writers::begin_window() {
  const std::scoped_lock lock(mutex_);
  latencies_.clear();
}

Latency Writers::latency() const {
  std::vector<std::int32_t> values;
  {
    const std::scoped_lock lock(mutex_);
    values = latencies_;
  }
  Latency latency;
  if (values.empty()) return latency;
  latency.transactions = static_cast<std::int64_t>(values.size());
  latency.p50 = percentile(values, 0.5);
  latency.p99 = percentile(values, 0.99);
  latency.max = percentile(values, 1);
  return latency;
}

std::map<std::string, std::int64_t> Writers::errors() const {
  const std::scoped_lock lock(mutex_);
  return errors_;
}

std::int64_t Writers::serialization_failures() const {
  const std::scoped_lock lock(mutex_);
  return serialization_failures_;
}

std::vector<std::int64_t> Writers::acknowledged() const {
  const std::scoped_lock lock(mutex_);
  return acknowledged_;
}

}  // namespace pgfill::rig
