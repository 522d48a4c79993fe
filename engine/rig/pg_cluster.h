// A scratch primary and its streaming replicas in a temporary directory that goes with the object, and, should the
// process be killed, with the process. Speaks SQL only to copy the primary.
#pragma once

#include <deque>
#include <filesystem>
#include <optional>
#include <string>

#include "rig/pg_server.h"
#include "rig/process.h"

namespace pgfill::rig {

/// How a scratch cluster is made.
struct ClusterOptions {
  Settings settings;     ///< postgresql.conf of the primary, and of the replicas, which copy it
  bool durable = false;  ///< true: fsync as in production; false: a crash of the machine may damage the data
  bool tcp = false;      ///< listen on 127.0.0.1 too, where every user of the machine may log in
};

/// A process that outlives its parent just long enough to stop the servers and remove the directory. It holds a pipe
/// from the parent and acts when that closes, so SIGKILL of the parent is covered.
class Guardian {
 public:
  explicit Guardian(const std::filesystem::path& directory);
  ~Guardian();
  Guardian(const Guardian&) = delete;
  Guardian& operator=(const Guardian&) = delete;

 private:
  int pipe_ = -1;
  std::optional<Process> process_;
};

/// Not thread-safe. Calls block and throw std::runtime_error. Making one takes about a second.
class PgCluster {
 public:
  explicit PgCluster(ClusterOptions options = {});
  ~PgCluster();
  PgCluster(const PgCluster&) = delete;
  PgCluster& operator=(const PgCluster&) = delete;

  PgServer& primary() { return *primary_; }
  /// Copies the primary (base_backup.h), starts the copy as a hot standby streaming through a slot of its own, named
  /// replica_1, replica_2 …, which is its application_name too. `settings` are added to the primary's.
  PgServer& add_replica(const Settings& settings = {});
  /// Counted from 0.
  PgServer& replica(std::size_t index) { return replicas_.at(index); }
  std::size_t replicas() const { return replicas_.size(); }
  /// Shorthand for the primary's.
  std::string conninfo(const std::string& database = "postgres") const { return primary_->conninfo(database); }
  const std::filesystem::path& directory() const { return directory_; }
  const Installation& installation() const { return installation_; }

 private:
  void create_directory();
  void give_away(const std::filesystem::path& path) const;
  void follow_primary(const std::string& name);
  void run(const std::string& program, std::vector<std::string> arguments);
  int next_port();

  ClusterOptions options_;
  Installation installation_;
  std::filesystem::path directory_;
  std::optional<Guardian> guardian_;  // before the servers: it must see them gone
  std::optional<PgServer> primary_;
  std::deque<PgServer> replicas_;
};

}  // namespace pgfill::rig
