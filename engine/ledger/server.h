// Which server a session leads to: so that a job is never continued on a copy of its database, on another cluster, or
// on a former primary that does not know it was replaced.
#pragma once

#include <chrono>
#include <string>

#include "async/task.h"
#include "postgres/session.h"

namespace pgfill::ledger {

struct Server {
  std::string cluster;   ///< system identifier; empty: this role may not ask for it
  std::string database;  ///< oid
  int timeline = 0;      ///< that it writes
  std::chrono::milliseconds deadlock_timeout{1000};
  std::string address;  ///< host:port as the server knows it; on a Unix socket the host is the runner's own

  /// What the ledger keeps. Not the timeline: a promotion changes it, and so does nothing else.
  std::string identity() const { return "cluster " + cluster + ", database " + database + ", at " + address; }
};

async::Task<Server> read_server(postgres::Session& session);

/// The database of a running job has moved to this server. `mark`: as begin_runner() takes it, a new one.
async::Task<void> add_server(postgres::Session& session, std::int64_t job_id, std::string identity, std::string mark);

/// A text that no other process or failover has.
std::string new_mark();
/// Whether the ledger there has the mark. If it does not, though it writes the same timeline, the server is another
/// that was promoted beside the job's: both count from the same number.
async::Task<bool> knows_mark(postgres::Session& session, std::int64_t job_id, std::string mark);

/// Name of the machine this process runs on.
std::string host_name();

}  // namespace pgfill::ledger
