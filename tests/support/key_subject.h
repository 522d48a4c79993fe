// The subject of engine/demo under any kind of key, in a database of its own, with an application that reaches its rows
// by a number that is no key: it can insert, delete and move rows whatever the key is. And the oracle for it.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "rig/oracle.h"
#include "rig/subject.h"
#include "sql/statement.h"
#include "support/database.h"
#include "support/key_kinds.h"
#include "support/shared_cluster.h"

namespace pgfill::tests {

struct KeySubjectOptions {
  KeyKind kind;
  int rows = 2000;           ///< tried for; where keys repeat it becomes fewer
  bool conditional = false;  ///< the job has a condition: only then rows may be moved, and all that are there are done
  std::uint64_t seed = 1;
  bool physical = false;  ///< in physical order; takes a condition
  bool keyless = false;   ///< the columns of the kind are no key: rows are named by their position; takes `physical`
};

/// Blocks; throws postgres::Failure. Not thread-safe.
class KeySubject {
 public:
  explicit KeySubject(const KeySubjectOptions& options);
  KeySubject(const KeySubject&) = delete;
  KeySubject& operator=(const KeySubject&) = delete;

  /// For rig::Writers; lives as long as this object.
  rig::Workload workload() const;
  /// UPDATE subject SET n = n + 1, d = a * 2 + 1 [WHERE n = 0], as YAML; in stripes when `batch_rows` is even. In the
  /// physical order it sets another column, demands that this is NULL, and a trigger does the rest.
  std::string spec(int batch_rows, int workers) const;

  /// Makes each batch wait a moment with its transaction open, so that the whole job takes about a second: an instant
  /// would have no room for kills.
  void pace(int batch_rows, int workers);

  std::int64_t rows() const { return rows_; }  ///< loaded
  std::int64_t rows_changed();
  /// Leases and cursor moves so far.
  std::int64_t steps();
  bool ranges_done();
  rig::Verdict judge(const std::vector<std::int64_t>& acknowledged);
  const ScratchDatabase& scratch() const { return scratch_; }
  const ConnectionSettings& connection() const { return connection_; }
  Database& database() { return database_; }

 private:
  void make_tables();
  void load();

  KeySubjectOptions options_;
  ScratchDatabase scratch_;
  ConnectionSettings connection_;
  Database database_;
  std::int64_t rows_ = 0;
  sql::BuiltStatement insert_;
  sql::BuiltStatement move_;
};

}  // namespace pgfill::tests
