// What will be done, made from a spec and the catalogue before anything is changed. Value types; safe to copy between
// threads.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "pgfill/error.h"
#include "pgfill/range.h"
#include "pgfill/spec.h"

namespace pgfill {

/// One column of the key. `type` is the server's own spelling (format_type), usable in a cast.
struct KeyColumn {
  std::string name;
  std::string type;
};

/// The unique index whose order the job follows; a table without one has the position of a row (ctid) in its place.
struct KeyChoice {
  std::string index;               ///< unquoted name; empty: there is none, or each partition has one of its own
  bool primary = false;            ///< the primary key
  std::vector<KeyColumn> columns;  ///< in index order; at least one
};

/// What the catalogue and the statistics say of the table; read in one transaction, never by reading the table.
struct TableFacts {
  std::uint32_t oid = 0;
  std::string schema;               ///< unquoted
  std::string name;                 ///< unquoted
  char kind = 'r';                  ///< pg_class.relkind
  char persistence = 'p';           ///< pg_class.relpersistence
  std::int64_t estimated_rows = 0;  ///< scaled from statistics to the present size, as the planner does
  std::int64_t heap_bytes = 0;
  std::int64_t index_bytes = 0;
  std::int64_t toast_bytes = 0;  ///< values kept outside of the rows (TOAST)
  int fillfactor = 100;          ///< percent
  bool analyzed = false;         ///< statistics exist
  bool may_vacuum = false;       ///< this role may run VACUUM of it
  int server_version = 0;        ///< as server_version_num, for instance 150018
  /// What expressions mean under in the planning session: its time zone, date style and so on; pin the job to it.
  std::vector<std::string> settings;
  std::string search_path;  ///< under which names were resolved, as the setting's text; pin the job to it
};

/// One remark of a preflight check.
struct Finding {
  /// A refusal keeps the job from running.
  enum class Severity { note, warning, refusal };
  Severity severity = Severity::note;
  std::string check;                     ///< name of the check: its file in engine/plan/checks
  ErrorCode code = ErrorCode::internal;  ///< meaningful for refusals only
  std::string text;                      ///< what was found, with names
  std::string remedy;                    ///< what to do; may be empty for notes
};

/// What ranges lie in: the table, or a leaf partition of it.
struct PlannedRelation {
  std::uint32_t oid = 0;
  std::string schema;  ///< unquoted
  std::string name;    ///< unquoted
  std::int64_t estimated_rows = 0;
  Order order = Order::key;  ///< never automatic
  int stripes = 1;           ///< as of the plan
};

/// A range with its estimated share of the table's rows (all shares add up to 1).
struct PlannedRange {
  KeyRange keys;
  double share = 0;
  std::size_t relation = 0;  ///< place among the plan's
};

/// What the job is expected to cost. Ranges, because estimates are.
struct Estimate {
  std::int64_t rows_in_table = 0;      ///< rows to walk
  std::int64_t rows_to_change = 0;     ///< by the planner's estimate of `where`
  std::chrono::seconds shortest{0};    ///< unthrottled
  std::chrono::seconds longest{0};     ///< unthrottled
  std::int64_t heap_growth_bytes = 0;  ///< row versions and TOAST values that the old ones' place is not found for
  bool hot_possible = false;           ///< no index covers a column to set
  std::int64_t index_growth_bytes = 0;
  std::int64_t wal_bytes = 0;  ///< full-page images included
  std::string basis = {};      ///< what the figures rest on, as a sentence; empty: nothing was estimated
};

/// Whether a plan may try some rows: update them as a batch does, and roll that back.
enum class Sampling { off, on };

/// The whole plan. Refused when any finding is a refusal.
struct Plan {
  TableFacts table;
  KeyChoice key;
  Order order = Order::key;    ///< of ranges and batches; never automatic
  std::string order_reason;    ///< why this one
  int stripes = 1;             ///< passes over the table, each changing every so many-th row; a power of two, or 1
  std::string stripes_reason;  ///< why so many
  std::string one_at_a_time;   ///< why no batch may run beside another one, as half a sentence; empty: they may
  bool may_insert = false;     ///< triggers or functions may insert rows into the table, which are no work for the job
  bool reads_by_function = false;  ///< an expression reads other rows by a function that sees what the statement sees
  std::vector<Finding> findings;
  bool by_leaf = false;                    ///< each batch touches one partition; the relations are the leaf partitions
  std::vector<PlannedRelation> relations;  ///< one, the table, unless by leaf; empty when refused
  /// In order; those of a relation tile the key space: first unbounded below, last above unless the spec is bound at
  /// start. In physical order their bounds are positions, "(block,offset)".
  std::vector<PlannedRange> ranges;
  std::string batch_sql;  ///< exactly what each batch sends to change its rows
  /// What DEFAULT stands for in columns the spec sets to it; registered with the job.
  std::vector<Assignment> defaults;
  /// What now() and its kin stand for in the condition of a deletion, as ISO 8601 in UTC; registered with the job.
  /// Empty: it has none of them.
  std::string time;
  /// Leaf partitions that a run detaches and drops instead, where no row of them fails the condition.
  std::vector<std::string> dropped_partitions = {};
  std::string explain;  ///< the server's plan of batch_sql, text format; empty when refused before
  Estimate estimate;
};

/// The first refusal among the findings, as an error; message and hint are the finding's. Null when none.
const Finding* first_refusal(const Plan& plan);

}  // namespace pgfill
