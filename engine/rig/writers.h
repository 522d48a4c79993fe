// An application at work on a subject: several sessions at a fixed offered rate, in a thread of their own. Every
// transaction that changes rows also writes the application's own ledger, so that a lost write is provable.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "async/clock.h"
#include "async/task.h"
#include "pgfill/job.h"
#include "postgres/session.h"
#include "rig/subject.h"

namespace pgfill::rig {

/// Shares of the offered transactions; what is left over to 1 are point reads.
struct Mix {
  double change = 0.15;
  double insert = 0.02;
  double remove = 0.01;
  double pair = 0.02;  ///< changes two rows, the higher key first: against the order of a job
  double hold = 0;     ///< changes two to eight rows so, and waits after the first: batches must wait, and die waiting
  double move = 0;     ///< gives a row another key
};

enum class Isolation { read_committed, repeatable_read, serializable };

struct WritersOptions {
  int writers = 4;
  double rate = 400;  ///< transactions a second, all writers together; above 0
  Mix mix;
  std::uint64_t seed = 1;
  std::chrono::milliseconds longest_hold{160};  ///< half of it on average; one insert of three is held as well
  Isolation isolation = Isolation::read_committed;
};

/// Latency from the moment a transaction was due, so that a stalled server cannot hide in transactions never begun.
struct Latency {
  std::int64_t transactions = 0;
  std::chrono::microseconds p50{0};
  std::chrono::microseconds p99{0};
  std::chrono::microseconds max{0};
};

/// Starts at once. Thread-safe except that stop() and the destructor are called by one thread.
class Writers {
 public:
  Writers(const ConnectionSettings& connection, const Workload& workload, WritersOptions options = {});
  ~Writers();
  Writers(const Writers&) = delete;
  Writers& operator=(const Writers&) = delete;

  /// Ends after the transactions under way; idempotent. Throws what ended a writer, if anything unexpected did.
  void stop();
  /// Forgets the latencies so far.
  void begin_window();
  /// Of the transactions since begin_window().
  Latency latency() const;
  /// What the application was refused, by SQLSTATE; "connection" for a lost or refused connection. Above READ COMMITTED
  /// serialization failures are counted apart: an application at that level tries again, and so do the writers.
  std::map<std::string, std::int64_t> errors() const;
  std::int64_t serialization_failures() const;
  /// Operations whose commit the server confirmed; all of them must be in the application's ledger.
  std::vector<std::int64_t> acknowledged() const;

 private:
  struct Random;
  void run();
  async::Task<void> supervise();
  async::Task<void> work(int writer);
  async::Task<void> transact(postgres::Session& session, Random& random);
  async::Task<void> read(postgres::Session& session, Random& random);
  async::Task<void> change(postgres::Session& session, Random& random, int rows, bool hold = false);
  async::Task<void> insert(postgres::Session& session, Random& random);
  async::Task<void> remove(postgres::Session& session, Random& random);
  async::Task<void> move(postgres::Session& session, Random& random);
  async::Task<void> commit(postgres::Session& session, std::vector<postgres::Command> commands,
                           std::vector<std::int64_t> operations, std::vector<std::size_t> logged_by);
  postgres::Command held(Random& random) const;
  bool count_serialization_failure(const postgres::Failure& failure);
  void acknowledge(std::int64_t operation);
  void refused(const postgres::Failure& failure);
  void finished(async::TimePoint due);

  const ConnectionSettings connection_;
  const Workload workload_;
  const WritersOptions options_;
  std::atomic<bool> stopping_{false};
  std::atomic<std::int64_t> places_{0};  ///< taken by inserts and moves
  mutable std::mutex mutex_;  // guards what follows, but not failure_, which is read after the thread has ended
  std::vector<std::int32_t> latencies_;  // microseconds
  std::map<std::string, std::int64_t> errors_;
  std::int64_t serialization_failures_ = 0;
  std::vector<std::int64_t> acknowledged_;
  std::exception_ptr failure_;
  std::thread thread_;
};

}  // namespace pgfill::rig
