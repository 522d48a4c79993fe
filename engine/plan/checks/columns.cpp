// The columns to set exist, each once.
#include <algorithm>

#include "plan/checks/checks.h"

namespace pgfill::plan {
namespace {

/// Levenshtein distance, for "did you mean".
std::size_t distance(std::string_view left, std::string_view right) {
  std::vector<std::size_t> row(right.size() + 1);
  for (std::size_t j = 0; j < row.size(); ++j) row[j] = j;
  for (std::size_t i = 0; i < left.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i + 1;
    for (std::size_t j = 0; j < right.size(); ++j) {
      const std::size_t substituted = diagonal + (left[i] == right[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({row[j] + 1, row[j + 1] + 1, substituted});
    }
  }
  return row.back();
}

std::string advice(const Subject& subject, const std::string& name) {
  constexpr std::size_t close_enough = 3;
  const ColumnFact* nearest = nullptr;
  std::size_t least = close_enough;
  for (const ColumnFact& column : subject.facts.columns) {
    const std::size_t between = distance(name, column.name);
    if (between < least) {
      least = between;
      nearest = &column;
    }
  }
  if (nearest != nullptr) return "did you mean \"" + nearest->name + "\"?";
  return "add it first: ALTER TABLE " + table_name(subject.facts) + " ADD COLUMN " + readable(name) + " ...";
}

}  // namespace

void check_columns(const Subject& subject, Findings& findings) {
  std::vector<std::string> seen;
  for (const Assignment& assignment : subject.spec.set()) {
    if (find_column(subject.facts, assignment.column) == nullptr) {
      refuse(findings, "columns", ErrorCode::no_such_column,
             "column \"" + assignment.column + "\" does not exist in " + table_name(subject.facts),
             advice(subject, assignment.column));
    }
    if (std::find(seen.begin(), seen.end(), assignment.column) != seen.end()) {
      refuse(findings, "columns", ErrorCode::expression_invalid, "column \"" + assignment.column + "\" is set twice",
             "set each column once");
    }
    seen.push_back(assignment.column);
  }
}

}  // namespace pgfill::plan
