// Builds the statements that depend on a table and its key. Text in, text out; no connection.
//
// Keys compare as rows, so composite keys work like single ones: (a, b) > ($1, $2). Parameters are numbered lower key
// columns first, then upper; where rows are cut into stripes, the first and the last stripe follow (int). In
// physical order a key of an interval is a position, "(block,offset)"; rows on the list of skipped ones are named by
// their key in either order.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sql/statement.h"

namespace pgfill::sql {

/// How a statement locks the rows that it will change, or delete.
enum class RowLock {
  no_key_update,  ///< as an update of columns that no foreign key can refer to
  update,         ///< as an update of others, and a deletion: foreign key checks wait for it
};

/// A foreign key of another table that refers to the target's, with its columns and those that they refer to, in order.
struct Reference {
  std::string schema;
  std::string table;
  std::vector<std::string> columns;
  std::vector<std::string> referred;
};

/// What a built statement needs to know of its table. Names unquoted, types as the server spells them.
struct Target {
  std::string schema;
  std::string table;
  std::string alias;                                     ///< empty: the table's own name
  std::vector<std::pair<std::string, std::string>> key;  ///< column, type
  std::vector<std::pair<std::string, std::string>> set;  ///< column, expression; empty: no new values
  std::string where;                                     ///< of a row by itself; empty: every row
  bool only = false;                                     ///< rows of children by inheritance are not meant
  bool asks_again = false;                               ///< a batch tells whether a row it has changed fulfils `where`
  /// The rows that a batch changes do not decide alone what becomes of them: `where` or `set` read others.
  bool reads_other_rows = false;
  /// A batch may insert rows into the table, by triggers or functions: they are no work for the job.
  bool may_insert = false;
  RowLock lock = RowLock::no_key_update;
  /// A trigger may keep rows that the statement would delete: they are locked and counted before it.
  bool may_keep = false;
  bool limited = false;  ///< the job has an allowance of rows, from which each change takes its own
  /// Intervals are of positions in the table's file (ctid) instead of keys: one value a side, of type tid.
  bool by_position = false;
  std::uint32_t oid = 0;  ///< of the table; needed in physical order
  /// Of the ledger, that the table is for the job; 0: the table is not, but each of its leaf partitions is one.
  std::int64_t relation = 1;
  int stripes = 1;  ///< a power of two: how many stripes the rows are cut into by their key, or position; 1: none
  /// The statement of a batch up to its WHERE; the kind of the job says it (engine/kinds).
  std::string (*change)(const Target& target) = nullptr;
  std::string unless = {};   ///< rows for which it holds are left out, and counted as kept; empty: none
  std::string joined = {};   ///< other tables, as FROM or USING names them; empty: none
  std::string joining = {};  ///< with these the condition of the statement, which `where` says of a row by itself
};

/// Rows that a row of another table refers to are none of the change. The target reads other rows then.
void leave_out_referenced(Target& target, const std::vector<Reference>& references);

/// Whether a key of this type is cut into stripes by its last bits; all others are by a hash of the whole key.
bool is_integer(std::string_view type);

/// Which sides of the interval have a key.
struct Sides {
  bool lower = false;
  bool upper = false;
};

/// The next boundary: the key of the n-th row after lower, n being the last parameter (bigint, 1-based); no row when
/// fewer than n are left. Selects the key columns as text. Counts rows of the given stripes only.
BuiltStatement nth_key(const Target& target, Sides sides);

/// As nth_key, but over the rows of all stripes, and by their key in either order.
BuiltStatement nth_row(const Target& target, Sides sides);

/// The rows between two keys of one column, the first n of them in its order: the last one's key as text (NULL: there
/// is none), how many, and the microseconds it took. $1 and $2 keys, $3 n (bigint)
BuiltStatement rows_ahead(const Target& target);

/// The key, as the ledger writes it, of the row at a position; no row when there is none, or it has moved. $1 position
BuiltStatement row_at(const Target& target);

/// VACUUM of a table, its name as the session spells it; leaves the pages it empties to the table.
BuiltStatement vacuum_table(const std::string& name);

/// The largest key of the interval; no row when the interval is empty. Stripes do not count.
BuiltStatement last_key(const Target& target, Sides sides);
}  // namespace pgfill::sql
