// When a new value is NULL, by the text of its expression: tests of columns that hold for the same rows. What is known
// of the database may only make it say less, so the text alone says the same of a job that was taken. Asks nobody.
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace pgfill::spec {

/// What is known of the table and the database.
struct NullFacts {
  /// Columns of plain types: text, numbers, times and the like, for which PostgreSQL's own functions, operators and
  /// casts do what is expected of them here. Empty: all columns are. lower() of some ranges, for instance, is NULL.
  std::optional<std::vector<std::string>> plain;
  /// Of names_taken_for_granted(), those that the database has of its own as well.
  std::vector<std::string> ambiguous;
};

/// The condition that holds for the rows whose value is NULL. Empty: for no row. Nothing when nobody can tell, or the
/// expression does not parse. A column alone may be of any type.
std::optional<std::string> null_when(const std::string& expression, const NullFacts& facts);

/// The functions, operators and types of PostgreSQL that null_when() knows, by name.
std::vector<std::string> names_taken_for_granted();

/// The name of the column, when the expression is nothing else; else empty.
std::string column_alone(const std::string& expression);
/// Whether the expression is a string and nothing else, which takes the type of what it is set to.
bool is_string(const std::string& expression);

}  // namespace pgfill::spec
