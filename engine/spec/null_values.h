// When a new value is NULL, as far as the text of its expression and the columns of the table tell. Asks nobody.
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace pgfill::spec {

/// What is known of the table and the database. Text, numbers, times, JSON and the like are plain types: no function
/// that is taken for granted here answers NULL for one of their values, as lower() does for some ranges.
struct NullFacts {
  std::vector<std::string> not_null;              ///< columns
  std::optional<std::vector<std::string>> plain;  ///< columns; empty: all of them are
  /// Of functions_taken_for_granted(), those that are defined outside of pg_catalog as well, so that a name may stand
  /// for another function.
  std::vector<std::string> ambiguous;
};

/// The condition that holds for the rows whose value is NULL: tests of columns. Empty: for no row. Nothing when nobody
/// can tell, or the expression does not parse.
std::optional<std::string> null_when(const std::string& expression, const NullFacts& facts);

/// The functions of PostgreSQL that null_when() knows, by name.
std::vector<std::string> functions_taken_for_granted();

}  // namespace pgfill::spec
