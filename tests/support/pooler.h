// pgbouncer in transaction mode, in front of a scratch server.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "rig/pg_cluster.h"

namespace pgfill::tests {

/// Refuses what it does not know (no ignored start parameters), and drops clients that wait longer than `patience` for
/// a server connection. Lives no longer than the cluster. Throws std::runtime_error when it does not start.
class Pooler {
 public:
  Pooler(rig::PgCluster& cluster, int connections, std::chrono::seconds patience);
  Pooler(const Pooler&) = delete;
  Pooler& operator=(const Pooler&) = delete;

  /// libpq connection string through it, as user postgres.
  std::string conninfo(const std::string& database) const;
  /// As if its host were lost; every connection goes down with it.
  void kill() { process_->kill(); }
  void start();

 private:
  rig::PgCluster& cluster_;
  std::filesystem::path directory_;
  int port_;
  std::optional<rig::Process> process_;
};

}  // namespace pgfill::tests
