// Walks over the pages of a table's file instead of its key. Boundaries come from arithmetic: nothing is read, but for
// the rest of one page where fewer rows are asked for than a page holds. Text in, text out; no connection.
#pragma once

#include <string>

#include "sql/statement_builder.h"

namespace pgfill::sql {

/// The position about n rows above the lower one, n being the last parameter (bigint, 1-based), by the number of rows
/// that the statistics give a page; exactly n rows where that is less than a page. No row where the interval ends
/// before that. Parameters as of nth_key.
std::string nth_position(const Target& target, Sides sides);

/// The position at the end of the file as it is now; no row when nothing is above the lower one. Parameters as of
/// last_key.
std::string last_position(const Target& target, Sides sides);

}  // namespace pgfill::sql
