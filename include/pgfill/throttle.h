// How much pressure on the database a job accepts before it goes slower, waits or ends: the `throttle` field of a spec.
// Value types; safe to copy between threads. An empty optional switches a signal off (`off` in a spec).
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace pgfill {

/// A replica that is asked itself how far it is, because the primary does not see it or may not tell.
struct ReplicaConnection {
  std::string name;                                             ///< in messages; unique
  std::vector<std::pair<std::string, std::string>> connection;  ///< libpq keywords and values; never a password

  bool operator==(const ReplicaConnection&) const = default;
};

/// A signal of the author's own: the number in the first column of the first row.
struct SqlSignal {
  std::string name;                        ///< unique; 1 to 63 of [a-z0-9_]; not that of a built-in signal
  std::string sql;                         ///< one query; runs in a read-only transaction of at most a second
  double limit = 0;                        ///< in the query's own unit; not negative
  std::chrono::milliseconds every{1'000};  ///< 100 ms to 1 h

  bool operator==(const SqlSignal&) const = default;
};

/// A service that is asked whether to go on: answer 200 means yes, everything else, silence included, means no.
struct HttpSignal {
  std::string url;                         ///< http://host[:port]/path; no TLS
  std::chrono::milliseconds every{1'000};  ///< 100 ms to 1 h; an answer is waited for as long, at most 1 s

  bool operator==(const HttpSignal&) const = default;
};

/// When the job may work at full speed. By the database server's clock.
struct TimeWindow {
  std::vector<int> days;         ///< 0 = Sunday to 6 = Saturday, on which a window begins; empty: every day
  std::chrono::minutes from{0};  ///< since midnight; up to 23:59
  std::chrono::minutes to{0};    ///< since midnight, up to 24:00; not after `from`: it ends on the next day
  std::string zone = "UTC";      ///< of the IANA time zone database
  int outside = 0;               ///< percent of full speed outside of it, 0 to 100; 0: no batch begins

  bool operator==(const TimeWindow&) const = default;
};

/// Room that must stay free: one of the two.
struct FreeRoom {
  std::optional<std::int64_t> bytes;
  std::optional<int> percent;

  bool operator==(const FreeRoom&) const = default;
};

/// Every limit. Defaults do nothing on a healthy server; `off` by default are those that have no value fit for all.
struct Throttle {
  using milliseconds = std::chrono::milliseconds;

  std::optional<milliseconds> replica_lag{5'000};  ///< time any replica may be behind; 100 ms to 1 d
  std::optional<std::int64_t> replica_backlog{std::int64_t{256} << 20};  ///< bytes of WAL any may have to replay
  std::vector<ReplicaConnection> replicas;                               ///< more replicas to watch; at most 16
  std::optional<milliseconds> lock_wait{100};       ///< time others may wait for our locks; 10 ms to 1 m
  std::optional<milliseconds> commit_latency{100};  ///< time a small commit may take; 1 ms to 1 m
  std::optional<std::int64_t> wal_rate;             ///< bytes of WAL the server may write a second; off
  std::optional<std::int64_t> wal_budget;           ///< bytes of WAL the server may write during the job; off
  std::optional<int> checkpoints;                   ///< requested checkpoints a minute; off
  std::optional<int> active_sessions;               ///< sessions of others busy at once; off
  std::optional<std::int64_t> archive_backlog{std::int64_t{1} << 30};  ///< bytes of WAL not archived yet
  std::optional<std::int64_t> slot_retention{std::int64_t{16} << 30};  ///< bytes of WAL any slot holds back
  std::optional<milliseconds> oldest_xmin{14'400'000};  ///< age of what keeps our dead rows alive; 1 s to 30 d
  std::optional<int> xid_age{60};                       ///< percent of the transaction numbers in use; 1 to 99
  std::optional<int> growth;                            ///< percent the table may grow with its indexes; off
  std::optional<FreeRoom> disk_free{FreeRoom{{}, 5}};   ///< room on the server's disks, where it can be seen
  std::optional<int> server_load;  ///< load average in percent of the cores, where it can be seen; off
  bool courtesy = true;            ///< while others are at work: short batches, one at a time
  bool autovacuum = false;         ///< true: no batch begins while the table is vacuumed

  std::vector<std::string> ignore;  ///< names of signals that hold nothing back, known or not
  std::vector<SqlSignal> signals;   ///< at most 32
  std::vector<HttpSignal> http;     ///< at most 16
  std::optional<TimeWindow> window;

  bool operator==(const Throttle&) const = default;
};

/// The built-in signals in the order they are read, what passes soonest first. Each has a function add_<name> in
/// engine/throttle/signals, and its limit above.
#define PGFILL_SIGNALS(SIGNAL) \
  SIGNAL(lock_wait)            \
  SIGNAL(ddl_wait)             \
  SIGNAL(standby_wait)         \
  SIGNAL(courtesy)             \
  SIGNAL(active_sessions)      \
  SIGNAL(commit_latency)       \
  SIGNAL(replica_lag)          \
  SIGNAL(wal_rate)             \
  SIGNAL(wal_budget)           \
  SIGNAL(checkpoints)          \
  SIGNAL(archive_backlog)      \
  SIGNAL(slot_retention)       \
  SIGNAL(disk_free)            \
  SIGNAL(xid_age)              \
  SIGNAL(server_load)          \
  SIGNAL(oldest_xmin)          \
  SIGNAL(growth)               \
  SIGNAL(autovacuum)           \
  SIGNAL(window)               \
  SIGNAL(http)

/// The names of the built-in signals: what `ignore` may hold, besides those of `signals`.
const std::vector<std::string>& signal_names();

}  // namespace pgfill
