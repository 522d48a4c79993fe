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
#include "ledger/range.h"
#include "sim/replicas.h"
#include "sim/world.h"
#include "work/refusals.h"
#include "work/remedy.h"

namespace pgfill::sim {

using async::Task;

/// What a scenario says about the server and the job.
struct Shape {
  int rows = 2000;
  int ranges = 4;
  int workers = 2;
  Duration row_cost = std::chrono::microseconds(100);
  Duration batch_cost{0};  ///< whatever its rows
  double wants = 0;        ///< rows a second that an application needs, and cancels a batch for that holds one too long
  Duration commit_cost = std::chrono::microseconds(500);
  Duration network = std::chrono::microseconds(100);
  double lag_limit = 64;          ///< in rows of WAL
  double drain_rate = 1e6;        ///< rows a second that a replica replays
  double client_seen_gone = 0.7;  ///< chance that a backend notices that its client has gone
  int replicas = 1;
  int stripes = 1;       ///< that the rows are cut into; 1: none
  bool open = true;      ///< the last range has no upper end
  int rows_for_one = 1;  ///< rows that one stands for where it is judged whether stripes pay
};

/// A batch that waits for locks may take so long, and any other statement.
constexpr std::chrono::milliseconds direct_patience{600};
constexpr std::chrono::milliseconds statement_patience{10'000};

/// Keys are numbers from 1 on; to the job they are text. 0: no key, the lower end of the first range.
inline std::optional<Key> key_of(int number) {
  if (number == 0) return std::nullopt;
  return Key{std::to_string(number)};
}
inline int number_of(const std::optional<Key>& key) {
  return key ? std::stoi(key->front()) : 0;
}

/// A range as the ledger has it.
struct RangeRow {
  int lower = 0;  ///< keys above it, up to `upper`
  int upper = 0;
  bool open = false;  ///< `upper` is the last key there is, and not an end
  int cursor = 0;
  int stripe = 0;   ///< first of the present pass
  int stripes = 1;  ///< of the present pass
  bool exists = false;
  bool done = false;
  std::int64_t epoch = 0;
  std::int64_t runner = 0;  ///< 0: free
  double share = 0;
  std::int64_t walked = 0;
  std::int64_t batches = 0;
};

using ledger::Lease;

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
  std::optional<Lease> lease;
  RunnerRow runner;
  std::int64_t number = 0;
  std::int64_t on_page = 0;                 ///< of the rows changed: those that found room where they were
  std::int64_t deferred = 0;                ///< rows that a batch went around
  int nth = 0;                              ///< the key that was walked to; 0: there are fewer
  int largest = 0;                          ///< key above; 0: none
  std::vector<std::optional<double>> lags;  ///< of the replicas that are there
  double sessions = 0;
  int timeline = 1;
  bool by_function = false;  ///< a failure that a trigger raised
};

struct Batch {
  Lease lease;
  int bound = 0;
  ledger::Position after;
  std::optional<std::int64_t> walked;  ///< rows, for the ledger; empty: as many as it changes
  std::int64_t walk = 0;               ///< rows to walk above the bound; 0: none
  work::Way way = work::Way::direct;
};

/// The end that a range keeps when the rest is given away.
struct Cut {
  int at = 0;
  double share = 0;
  std::int64_t walked = 0;
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
  Task<Answer> release(ConnectionPtr connection, Lease lease);
  Task<Answer> walk(ConnectionPtr connection, Lease lease, int from, std::int64_t rows);
  Task<Answer> prove_end(ConnectionPtr connection, Lease lease);
  Task<Answer> split(ConnectionPtr connection, Lease lease, Cut cut);
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
  void keep_versions(Duration length) { versions_kept_until_ = world_.time() + length; }  ///< an old snapshot
  /// Batches of more rows take longer than a statement may.
  void slow_down(Duration length, int rows) {
    slow_until_ = world_.time() + length;
    rows_in_time_ = rows;
  }
  /// A trigger refuses this row, with a state that asks for another try.
  void refuse(int key, Duration length) { refused_[key] = {world_.time(), world_.time() + length}; }
  /// A runner takes the only row of a slice for bad.
  void blame(const Lease& lease, int bound);
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
  int timeline() const { return generation_; }
  /// Committed in this range so far.
  std::int64_t batches_of(std::int64_t range) const;
  bool is_done(std::int64_t range) const;
  /// Rows that a runner has changed in its ranges, those included that a failover has taken back.
  std::int64_t committed_by(std::int64_t runner) const;
  std::int64_t rows_changed() const { return rows_changed_; }
  std::int64_t batches() const { return batches_; }  ///< committed
  std::int64_t slow_batches() const { return slow_batches_; }
  ConnectionPtr random_connection();
  std::optional<TimePoint> blamed_at;  ///< when a row first was taken for bad
  TimePoint last_trouble{};            ///< when the last fault happened or ended

 private:
  struct Transaction {
    ConnectionPtr connection;
    std::vector<std::function<void()>> undo;
    std::vector<int> rows;             ///< locked
    std::vector<std::int64_t> ranges;  ///< locked
    int changed = 0;
    bool over = false;
    bool cancelled = false;
  };
  using TransactionPtr = std::shared_ptr<Transaction>;
  struct History {
    TimePoint at;
    std::vector<std::function<void()>> undo;
  };
  /// A batch that took too long, and how often in this way.
  struct Slow {
    std::int64_t runner = 0;
    int cursor = 0;
    int stripe = 0;
    std::int64_t rows = 0;
    int times = 0;
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
  bool refuses(int key) const;
  Task<Answer> change_in_time(TransactionPtr transaction, const Batch& batch, Answer locked);
  Task<void> want_rows();
  Task<void> want(int key);
  void note_slow(const Batch& batch, std::int64_t rows);
  std::vector<int> rows_of(const Lease& lease, int from, int to) const;
  void take_walk(const Lease& lease, int from, std::int64_t rows, Answer& answer) const;
  int stripe_of(int key) const { return key & (shape_.stripes - 1); }
  bool claims(const RangeRow& range, int key) const;
  std::string check_claims(std::int64_t id, const RangeRow& range) const;
  void check_fence(const Lease& lease);
  void check_step(std::int64_t id, const RangeRow& before, const RangeRow& after);
  void change_rows(const TransactionPtr& transaction, const std::vector<int>& keys);
  void write_range(const TransactionPtr& transaction, std::int64_t range, const RangeRow& row);
  void defer(const TransactionPtr& transaction, int key);
  void write_runner(std::int64_t id, const RunnerRow& row);
  void remember(std::vector<std::function<void()>> undo);
  std::optional<std::int64_t> choose(std::int64_t runner, std::optional<std::int64_t> again,
                                     const std::set<std::int64_t>& known, bool lost) const;
  bool fenced(const Lease& lease) const;
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
  std::map<std::int64_t, std::int64_t> committed_by_;  ///< rows, by runner
  std::map<std::int64_t, Transaction*> range_owner_;
  std::set<int> deferred_;
  std::map<int, std::pair<TimePoint, TimePoint>> refused_;  ///< from when until when, by key
  std::vector<RunnerRow> runners_;
  std::map<std::int64_t, ConnectionPtr> controls_;
  std::set<TransactionPtr> open_;
  std::deque<History> history_;
  std::vector<ConnectionPtr> connections_;
  std::vector<std::string> violations_;
  Duration clock_step_{0};
  TimePoint versions_kept_until_{};
  TimePoint slow_until_{};
  int rows_in_time_ = 0;
  int generation_ = 1;
  bool up_ = true;
  bool stays_down_ = false;
  std::int64_t rows_changed_ = 0;
  std::int64_t batches_ = 0;
  std::int64_t slow_batches_ = 0;
  std::map<std::int64_t, Slow> slow_;  ///< by range, the last one
};

}  // namespace pgfill::sim
