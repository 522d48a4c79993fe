// One scratch server for all tests of a process, started by the first that asks; each test takes databases of its own.
#pragma once

#include <string>

#include "rig/pg_cluster.h"

namespace pgfill::tests {

/// Lives until the process ends. For tests that do not stop the server, need no replica and change no setting of it.
rig::PgCluster& shared_cluster();

/// A database on the shared server, dropped with the object. Not movable, so that names stay unique.
class ScratchDatabase {
 public:
  ScratchDatabase();
  /// A copy of the database of this name, which must have no sessions.
  explicit ScratchDatabase(const std::string& original);
  ~ScratchDatabase();
  ScratchDatabase(const ScratchDatabase&) = delete;
  ScratchDatabase& operator=(const ScratchDatabase&) = delete;

  const std::string& name() const { return name_; }
  /// libpq connection string, as user postgres.
  std::string conninfo() const { return shared_cluster().conninfo(name_); }

 private:
  std::string name_;
};

}  // namespace pgfill::tests
