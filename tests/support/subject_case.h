// The subject of engine/demo with a job on it, on any server, that can be set back to the start in milliseconds: for
// tests of many small cases.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "pgfill/job.h"
#include "rig/oracle.h"
#include "rig/subject.h"
#include "support/database.h"

namespace pgfill::tests {

/// Not thread-safe; several of them on databases of their own may work side by side.
class SubjectCase {
 public:
  /// Makes the subject, the ledger and its audit in an empty database.
  SubjectCase(const std::string& conninfo, std::int64_t rows);
  ~SubjectCase();
  SubjectCase(const SubjectCase&) = delete;
  SubjectCase& operator=(const SubjectCase&) = delete;

  /// As it was after construction. Ends the sessions that pgfill has left in the database.
  void reset();
  /// UPDATE subject SET n = n + 1, d = a * 2 + 1, in batches of at most this many rows.
  JobSpec spec(int batch_rows, int workers) const;
  /// The same as a file for the binary; removed with this object. `ignored`: signals.
  const std::string& spec_file(int batch_rows, int workers, std::vector<std::string> ignored = {});

  /// After the server went away.
  void reconnect() { database_.emplace(connection_.conninfo); }

  std::int64_t rows() const { return rows_; }
  std::int64_t rows_changed();
  rig::Verdict judge(const std::vector<std::int64_t>& acknowledged = {});
  const ConnectionSettings& connection() const { return connection_; }
  Database& database() { return *database_; }

 private:
  ConnectionSettings connection_;
  std::optional<Database> database_;
  std::int64_t rows_;
  std::string spec_file_;
};

}  // namespace pgfill::tests
