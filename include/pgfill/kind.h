// What a job does to a row: one struct for each kind of job. Value types; safe to copy between threads.
// What a kind means for planning, running and reporting is said by engine/kinds, one file for each.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace pgfill {

/// `column = expression`; the expression is SQL over the row being updated.
struct Assignment {
  std::string column;      ///< unquoted name, exactly as the catalogue has it
  std::string expression;  ///< SQL text, never empty; the word DEFAULT alone: the column's default
};

/// Rows get new values.
struct Update {
  static constexpr std::string_view name = "update";
  std::vector<Assignment> set;  ///< at least one
};

/// A table as a spec names it.
struct TableReference {
  std::string schema;  ///< empty: any
  std::string table;   ///< unquoted name
};

/// What becomes of a row to be deleted that a row of another table refers to, by a key that does not carry the deletion
/// on.
enum class Referenced {
  bad_row,  ///< it is a bad row; the default
  skip,     ///< it is not the job's to delete
};

/// Rows are deleted.
struct Delete {
  static constexpr std::string_view name = "delete";
  bool all = false;                     ///< every row is meant; without it a condition is required
  std::optional<std::int64_t> at_most;  ///< rows that may be deleted, exactly; 0 to 2,147,483,647; empty: any number
  std::vector<TableReference> accept_cascade = {};  ///< whose rows foreign keys may delete or empty with the job's own
  Referenced referenced = Referenced::bad_row;
  bool drop_partitions = false;  ///< partitions that hold nothing but rows to be deleted are detached and dropped
};

using Kind = std::variant<Update, Delete>;

/// The new values of an update; of other kinds there are none.
inline const std::vector<Assignment>& assignments_of(const Kind& kind) {
  static const std::vector<Assignment> none;
  const auto* update = std::get_if<Update>(&kind);
  return update == nullptr ? none : update->set;
}

/// As the ledger and JSON call it.
constexpr std::string_view name_of(const Kind& kind) {
  return std::visit([](const auto& one) { return one.name; }, kind);
}

/// How many rows something has become of, under a name of the job's kind: {"changed", 1000}.
struct RowCount {
  std::string_view name;  ///< changed, inserted, deleted, unchanged, missing or kept
  std::int64_t rows = 0;
};

}  // namespace pgfill
