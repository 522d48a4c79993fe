// A modelled PostgreSQL server with one job in it: rows that count their changes, transactions with undo, row locks,
// commit latency, backends that outlive their clients, replicas that fall behind, failover as a cut of history. The
// protocol is the engine's (fence, epoch, cursor moved with the rows); the SQL is not.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <set>

#include "async/condition.h"
#include "async/task_group.h"
#include "pgfill/range.h"
#include "sim/replicas.h"
#include "sim/world.h"
#include "work/remedy.h"

namespace pgfill::sim {

using async::Task;

/// What a scenario says about the server and the job.
struct Shape {
  int rows = 2000;
  int ranges = 4;
  int workers = 2;
  Duration row_cost = std::chrono::microseconds(100);
  Duration commit_cost = std::chrono::microseconds(500);
  Duration network = std::chrono::microseconds(100);
  double lag_limit = 64;          ///< in rows of WAL
  double drain_rate = 1e6;        ///< rows a second that a replica replays
  double client_seen_gone = 0.7;  ///< chance that a backend notices that its client has gone
  int replicas = 1;
};

struct RangeRow {
  int lower = 0;  ///< keys above it, up to `upper`
  int upper = 0;
  int cursor = 0;
  bool exists = false;
  bool done = false;
  std::int64_t epoch = 0;
  std::int64_t runner = 0;  ///< 0: free
};

struct RangeLease {
  std::int64_t range = 0;
  std::int64_t epoch = 0;
  int cursor = 0;
  int upper = 0;
};

struct RunnerRow {
  std::int64_t id = 0;  ///< 0: none
  TimePoint seen_at{};
  bool lease_runs = false;
  bool session_gone = false;
  bool ended = false;
};

/// The server's answer to one request.
struct Answer {
  bool ok = false;
  FailureClass failure = FailureClass::reconnect;
  std::string message;
  std::optional<RangeLease> lease;
  RunnerRow runner;
  std::int64_t number = 0;
  std::vector<std::optional<double>> lags;  ///< of the replicas that are there
  double sessions = 0;
  int timeline = 1;
};

struct Batch {
  RangeLease lease;
  int bound = 0;
  bool last = false;
  work::Way way = work::Way::direct;
};

/// One connection, as both sides see it.
struct Connection {
  bool client_gone = false;         ///< killed or cut off: no answer reaches it
  bool broken = false;              ///< the client knows
  bool silent = false;              ///< cut without a sign: the client must notice by itself
  int generation = 0;               ///< of the server it leads to
  std::function<void()> wake = {};  ///< of the client that waits for an answer
};
using ConnectionPtr = std::shared_ptr<Connection>;

/// Not thread-safe: lives in one World, outlives all clients.
class Database {
 public:
  Database(World& world, const Shape& shape);

  // What clients ask; each call runs in the client's process and never throws but for cancellation.
  Task<ConnectionPtr> connect();  ///< null: out of reach
  using Operation = std::function<Task<Answer>(ConnectionPtr)>;
  Task<Answer> ask(ConnectionPtr connection, Operation operation, Duration patience = std::chrono::seconds(5));

  // What the server does when asked.
  Task<Answer> batch(ConnectionPtr connection, Batch batch);
  Task<Answer> lease(ConnectionPtr connection, std::int64_t runner, std::optional<std::int64_t> again,
                     std::set<std::int64_t> known, bool lost);
  Task<Answer> release(ConnectionPtr connection, RangeLease lease);
  Task<Answer> split(ConnectionPtr connection, RangeLease lease, int at);
  Task<Answer> retry_deferred(ConnectionPtr connection);
  Task<Answer> present_runner(ConnectionPtr connection);
  Task<Answer> begin_runner(ConnectionPtr connection, std::int64_t former, ConnectionPtr control);
  Task<Answer> heartbeat(ConnectionPtr connection, std::int64_t runner);
  Task<Answer> end_runner(ConnectionPtr connection, std::int64_t runner);
  Task<Answer> sample(ConnectionPtr connection);

  // What happens to the server.
  void fail_over(Duration lost, Duration outage);
  void cut(const ConnectionPtr& connection, bool silent);
  void hold_rows(int first, int count, Duration length);  ///< an application's transaction
  void step_clock(Duration step) { clock_step_ += step; }
  Replicas& replicas() { return replicas_; }
  double sessions = 5;  ///< of the application
  void shut_down();
  void leave(const ConnectionPtr& connection);  ///< its client has been killed

  // What is true, for the checks.
  bool all_done() const;
  std::string check_ledger() const;  ///< empty, or a row that the ledger claims without its being so
  std::string check_rows() const;    ///< empty, or a row not changed exactly once
  const std::vector<std::string>& violations() const { return violations_; }
  std::size_t serving() const { return backends_.running(); }
  bool up() const { return up_; }
  std::int64_t rows_changed() const { return rows_changed_; }
  ConnectionPtr random_connection();
  TimePoint last_trouble{};  ///< when the last fault happened or ended

 private:
  struct Transaction {
    ConnectionPtr connection;
    std::vector<std::function<void()>> undo;
    std::vector<int> rows;             ///< locked
    std::vector<std::int64_t> ranges;  ///< locked
    int changed = 0;
    bool over = false;
  };
  using TransactionPtr = std::shared_ptr<Transaction>;
  struct History {
    TimePoint at;
    std::vector<std::function<void()>> undo;
  };
  struct Call;

  Task<void> serve(ConnectionPtr connection, Operation operation, std::shared_ptr<Call> call);
  TransactionPtr begin(ConnectionPtr connection);
  void end(const TransactionPtr& transaction);
  void undo(Transaction& transaction);
  Answer roll_back(const TransactionPtr& transaction, FailureClass failure, std::string message);
  Task<Answer> commit(TransactionPtr transaction, Answer answer);
  Task<Answer> commit_alone(ConnectionPtr connection, Answer answer);
  Task<bool> lock_range(TransactionPtr transaction, std::int64_t range);
  Task<Answer> lock_rows(TransactionPtr transaction, const Batch& batch);
  void change_rows(const TransactionPtr& transaction, const std::vector<int>& keys);
  void write_range(const TransactionPtr& transaction, std::int64_t range, const RangeRow& row);
  void defer(const TransactionPtr& transaction, int key);
  void write_runner(std::int64_t id, const RunnerRow& row);
  void remember(std::vector<std::function<void()>> undo);
  std::optional<std::int64_t> choose(std::int64_t runner, std::optional<std::int64_t> again,
                                     const std::set<std::int64_t>& known, bool lost) const;
  bool fenced(const RangeLease& lease) const;
  bool present(std::int64_t runner) const;
  TimePoint server_time() const { return world_.time() + clock_step_; }
  Task<void> hold(std::vector<int> keys, Duration length);

  World& world_;
  Shape shape_;
  int process_;
  async::TaskGroup backends_;
  async::Condition unlocked_;
  Replicas replicas_;
  std::vector<int> counts_;
  std::vector<Transaction*> row_owner_;
  std::map<std::int64_t, RangeRow> ranges_;
  std::map<std::int64_t, RangeRow> committed_ranges_;
  std::map<std::int64_t, Transaction*> range_owner_;
  std::set<int> deferred_;
  std::vector<RunnerRow> runners_;
  std::map<std::int64_t, ConnectionPtr> controls_;
  std::set<TransactionPtr> open_;
  std::deque<History> history_;
  std::vector<ConnectionPtr> connections_;
  std::vector<std::string> violations_;
  Duration clock_step_{0};
  int generation_ = 1;
  bool up_ = true;
  bool stays_down_ = false;
  std::int64_t rows_changed_ = 0;
};

}  // namespace pgfill::sim
