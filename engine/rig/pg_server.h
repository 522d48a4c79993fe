// One PostgreSQL server process on a scratch data directory: start, stop, restart, promote. Creates no data directory
// (pg_cluster.h does) and speaks no SQL.
#pragma once

#include <signal.h>

#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "rig/process.h"

namespace pgfill::rig {

/// postgresql.conf settings in order; a later one wins.
using Settings = std::vector<std::pair<std::string, std::string>>;

/// How a server is asked to end; PostgreSQL's own words.
enum class Stop {
  fast,       ///< sessions are ended, everything is written out
  immediate,  ///< like a crash: the next start recovers
};

/// Where the programs of PostgreSQL are and who runs them.
struct Installation {
  std::filesystem::path programs;  ///< directory that holds postgres, initdb …
  std::string user;                ///< to run them as; empty: as we are
};

/// Finds PostgreSQL: where PGFILL_POSTGRES says, else Debian's directory of version 15, else the newest one there, else
/// by PATH. Servers refuse to run as root, so root runs them as user postgres. Throws std::runtime_error that says what
/// to install.
Installation find_installation();

/// Not thread-safe. Blocking calls; each throws std::runtime_error with the end of the server's log when the server
/// does not do as asked in 60 seconds. The server ends with this object.
class PgServer {
 public:
  /// `directory` holds the data; the socket is made in `sockets`. `tcp`: also listens on 127.0.0.1.
  PgServer(Installation installation, std::filesystem::path directory, std::filesystem::path sockets, int port,
           bool tcp);
  PgServer(const PgServer&) = delete;
  PgServer& operator=(const PgServer&) = delete;
  ~PgServer();

  /// Adds lines to postgresql.conf; they take effect with the next start.
  void configure(const Settings& settings);
  /// Returns when the server accepts connections.
  void start();
  void stop(Stop how = Stop::fast);
  void restart(Stop how = Stop::fast);
  /// A standby becomes a primary; returns when it accepts writes.
  void promote();
  /// For instance SIGSTOP and SIGCONT, to the postmaster only.
  void signal(int number) { process_->signal(number); }
  /// SIGKILL to the postmaster, as if its host were lost; its backends find out by themselves and end. For good: a
  /// start() right after it may find their memory still in use.
  void kill() { process_->kill(); }
  /// Makes it read postgresql.conf again.
  void reload() { process_->signal(SIGHUP); }
  bool running() { return process_ && process_->running(); }

  /// libpq connection string over the Unix socket.
  std::string conninfo(const std::string& database = "postgres") const;
  /// The same over TCP; only for a server started with `tcp`.
  std::string tcp_conninfo(const std::string& database = "postgres") const;
  /// The Unix socket it listens on.
  std::filesystem::path socket() const { return sockets_ / (".s.PGSQL." + std::to_string(port_)); }
  /// PGHOST, PGPORT, PGUSER, PGDATABASE for a child process.
  std::vector<std::pair<std::string, std::string>> environment(const std::string& database = "postgres") const;
  int port() const { return port_; }
  const std::filesystem::path& directory() const { return directory_; }
  /// The end of the server's log.
  std::string log_tail() const;

 private:
  std::string status() const;
  [[noreturn]] void fail(const std::string& what) const;

  Installation installation_;
  std::filesystem::path directory_;
  std::filesystem::path sockets_;
  int port_;
  std::optional<Process> process_;
};

}  // namespace pgfill::rig
