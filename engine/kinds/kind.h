// What the kind of a job means for planning and running it: one interface, one file for each kind. A new kind is an
// alternative of pgfill::Kind, a file here, and a line in kind_of(). Decides from values; asks no database.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "pgfill/plan.h"
#include "pgfill/spec.h"
#include "sql/statement_builder.h"

namespace pgfill::kinds {

/// What a change of rows is for the triggers, rules, publications and foreign keys of its table.
enum class RowEvent { update, remove };

/// What is known of the job's table, beside the spec.
struct TargetFacts {
  std::string schema;
  std::string table;
  std::uint32_t oid = 0;
  std::int64_t relation = 1;  ///< of the ledger; 0: each of its leaf partitions is one
  std::string called = {};    ///< what the job's expressions call it; empty: by its name
  std::vector<KeyColumn> key;
  bool plain = false;  ///< not partitioned: its own rows are all that statements are for
  bool by_position = false;
  int stripes = 1;
  std::vector<std::string> generated = {};  ///< columns that the server computes
  bool reads_by_function = false;           ///< an expression reads other rows by a function
  bool may_insert = false;                  ///< batches may insert rows into the table
  bool sets_unique_key = false;             ///< a column that is set is one that foreign keys may refer to
  bool may_keep = false;                    ///< a trigger may keep a row from being deleted
};

/// What tells a row that is done from one that is still to do.
struct DoneRows {
  bool stay = true;              ///< they are there still; false: whatever is there is not done
  bool condition_tells = false;  ///< the condition reads what the job writes, so it may tell them
  bool filled_once = false;      ///< doing one again would overwrite nothing
  bool asked = false;            ///< each batch asks whether one of its rows fulfils the condition still
};

/// Immutable, without state; one object for each kind lives as long as the program.
class Kind {
 public:
  virtual ~Kind() = default;

  /// The word of SQL that a batch begins with.
  virtual std::string_view statement() const = 0;
  virtual RowEvent event() const = 0;
  /// Names of what the ledger counts of its rows: those that were changed, and those that were kept, if any can be.
  virtual std::vector<std::string> counts() const = 0;
  /// Columns that get a new value.
  virtual std::vector<std::string> columns_written(const JobSpec& spec) const = 0;
  virtual DoneRows done_rows(const JobSpec& spec, const std::vector<std::string>& generated) const = 0;
  /// The condition for rows that are still to do in physical order, where no row that is done may fulfil it.
  virtual std::string position_condition(const JobSpec& spec) const = 0;
  /// Whether the end of the job looks for rows that others have written behind the cursors.
  virtual bool sweeps(const JobSpec& spec) const = 0;
  /// Whether rows leave versions that passes in stripes make room of.
  virtual bool leaves_versions() const = 0;
  /// Statement and lock of the change.
  virtual void complete(sql::Target& target, const JobSpec& spec, const TargetFacts& facts) const = 0;
};

const Kind& kind_of(const JobSpec& spec);

/// What statements need to know of the job's table: for planning as for running.
sql::Target target_of(const JobSpec& spec, const TargetFacts& facts);

}  // namespace pgfill::kinds
