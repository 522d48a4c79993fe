// Builds the statements that depend on a table and its key. Text in, text out; no connection.
//
// Keys compare as rows, so composite keys work like single ones: (a, b) > ($1, $2). Parameters are numbered lower key
// columns first, then upper.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "sql/statement.h"

namespace pgfill::sql {

/// What a built statement needs to know of its table. Names unquoted, types as the server spells them.
struct Target {
  std::string schema;
  std::string table;
  std::string alias;                                     ///< empty: the table's own name
  std::vector<std::pair<std::string, std::string>> key;  ///< column, type
  std::vector<std::pair<std::string, std::string>> set;  ///< column, expression
  std::string where;                                     ///< empty: every row
};

/// Which sides of the interval have a key.
struct Sides {
  bool lower = false;
  bool upper = false;
};

/// The batch: UPDATE … SET … WHERE key > lower AND key <= upper AND (where).
BuiltStatement batch_update(const Target& target, Sides sides);

/// The batch as it is sent: batch_update, and in the same statement the range's new cursor and counts, so that the
/// ledger counts exactly the rows changed. Answers that count. Parameters after the keys: job id, range id, cursor
/// (text[]), done (bool), rows walked (bigint).
BuiltStatement batch_with_cursor(const Target& target, Sides sides);

/// The next boundary: the key of the n-th row after lower, n being the last parameter (bigint, 1-based); no row when
/// fewer than n are left. Selects the key columns as text.
BuiltStatement nth_key(const Target& target, Sides sides);

/// The largest key of the interval; no row when the interval is empty.
BuiltStatement last_key(const Target& target, Sides sides);

}  // namespace pgfill::sql
