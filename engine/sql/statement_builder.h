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
  std::string where;                                     ///< empty: every row
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
  std::string unless = {};  ///< rows for which it holds are left out, and counted as kept; empty: none
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

/// The batch: the change WHERE key > lower AND key <= upper AND (where). A plain interval: what a sub-select had chosen
/// would be changed, too, when it has stopped matching while the statement waited. It has one parameter, an array of
/// the values of the interval: that is how pgfill.run_batch runs it. With `asks_again` it answers the rows changed, and
/// whether one of them fulfils `where` still. With `may_insert` the job's id is the last element of the array.
BuiltStatement batch_change(const Target& target, Sides sides);

/// With `may_keep` or `unless` (else empty): answers how many rows fulfil `where` before batch_change, or
/// batch_around_skipped, changes them. With `may_keep` they are locked. The same parameter.
BuiltStatement count_matching(const Target& target, Sides sides);
BuiltStatement count_around_skipped(const Target& target, Sides sides);

/// The slow way over the same interval, when another session holds some of its rows: first what is held is listed in
/// pgfill.skipped as deferred, by locking what is free and comparing; then batch_around_skipped changes the rest. Both
/// in one transaction. Answers how many were listed. Parameters after the keys: job id, range id.
/// With `reads_other_rows` all rows of the interval are locked, and the second statement changes none but these: its
/// snapshot is newer than every change of a row it changes. Source: kinds "joined", lock first.
BuiltStatement defer_held(const Target& target, Sides sides);
/// As batch_change, but for rows listed in pgfill.skipped. The job's id is the last element of the array in any case.
BuiltStatement batch_around_skipped(const Target& target, Sides sides);

/// Goes over the listed rows of a job again: those that are free now are changed and taken off the list, those that are
/// gone are taken off, those that are held stay. Answers (seen, changed, held, last key seen, kept by triggers).
/// $1 job id, $2 only keys of the list above this one (text[], in the list's order; NULL: all), $3 how many at most,
/// $4 state: deferred or quarantined. Takes what it changes from the job's allowance, where there is one.
BuiltStatement revisit_skipped(const Target& target);

/// Keys of rows that fulfil `where`, are not listed and were written by others since the job began, so that the ranges
/// may have left them behind; in physical order by anybody at any time. Parameters after the keys:
/// job id, how many at most (bigint), only those written before this transaction (xid; NULL: all). Of all stripes, and
/// by their key in either order. Answers the relation as the last column; NULL: it is none of the job's yet.
BuiltStatement written_rows(const Target& target, Sides sides);

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
/// As last_key; with `may_insert`, in the order of the key, of rows that the job has not inserted. Parameter after the
/// keys then: job id.
BuiltStatement last_key_to_do(const Target& target, Sides sides);

}  // namespace pgfill::sql
