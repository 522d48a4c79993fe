// What the kind of a job means for planning, running and reporting it: one interface, one file for each kind. A new
// kind is an alternative of pgfill::Kind, a file here, and a line in kind.cpp. Decides from values; asks no database.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
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
  std::vector<std::string> generated = {};      ///< columns that the server computes
  bool reads_by_function = false;               ///< an expression reads other rows by a function
  bool may_insert = false;                      ///< batches may insert rows into the table
  bool sets_unique_key = false;                 ///< a column that is set is one that foreign keys may refer to
  bool may_keep = false;                        ///< a trigger may keep a row from being deleted
  std::vector<sql::Reference> references = {};  ///< foreign keys that refuse to let go of a row
};

/// What tells a row that is done from one that is still to do.
struct DoneRows {
  bool stay = true;              ///< they are there still; false: whatever is there is not done
  bool condition_tells = false;  ///< the condition reads what the job writes, so it may tell them
  bool filled_once = false;      ///< doing one again would overwrite nothing
  bool asked = false;            ///< each batch asks whether one of its rows fulfils the condition still
};

/// What the ledger counts of a job's rows.
struct Counted {
  std::int64_t changed = 0;  ///< by the statement of the kind
  std::int64_t kept = 0;     ///< by triggers, from it
};

/// A line about a job for people: "guards", "at most 100 rows".
using Line = std::pair<std::string_view, std::string>;

/// Immutable, without state; one object for each kind lives as long as the program. What only some kinds have is
/// answered here for those that have not.
class Kind {
 public:
  virtual ~Kind() = default;

  /// The word of SQL that a batch begins with.
  virtual std::string_view statement() const = 0;
  /// What it does to rows: "change".
  virtual std::string_view verb() const = 0;
  virtual RowEvent event() const = 0;
  /// What has become of rows, by name; the first is what the job is there for.
  virtual std::vector<RowCount> counts(const Counted& counted) const = 0;
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
  /// What a plan says of the job's fields.
  virtual std::vector<Line> lines(const JobSpec& spec) const = 0;

  /// Whether now() and its kin in the condition mean the time when the job is registered: one bound for all batches.
  virtual bool fixes_time() const { return false; }
  /// Whether a spec without a condition has to say that every row is meant, and does not.
  virtual bool lacks_condition(const JobSpec&) const { return false; }
  /// How many rows it may take away; empty: any number.
  virtual std::optional<std::int64_t> at_most(const JobSpec&) const { return std::nullopt; }
  /// Tables whose rows foreign keys may change with the job's own.
  virtual const std::vector<TableReference>& accepted_tables(const JobSpec& spec) const;
  /// Whether rows that others refer to are none of the job's.
  virtual bool skips_referenced(const JobSpec&) const { return false; }
  /// Whether partitions that hold nothing but the job's rows are dropped.
  virtual bool drops_partitions(const JobSpec&) const { return false; }
};

const Kind& kind_of(const JobSpec& spec);
/// By its name in the ledger.
const Kind& kind_named(std::string_view name);

/// Whether rows of the table are gone afterwards: foreign keys that refer to it are met, and DELETE is needed.
bool removes_rows(const JobSpec& spec);

/// What statements need to know of the job's table: for planning as for running.
sql::Target target_of(const JobSpec& spec, const TargetFacts& facts);

}  // namespace pgfill::kinds
