// Cuts the text of an UPDATE or a DELETE into the expressions of its SET list, its FROM or USING and its WHERE, guided
// by the parse tree. Judges nothing.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "parse/sql_problem.h"
#include "parse/sql_scan.h"

namespace pgfill::spec {

/// One assignment with the text of its value as it stands in the statement, and the value's node.
struct AssignmentPart {
  std::string column;
  std::size_t offset = 0;       ///< of the column's name
  std::string_view expression;  ///< views the statement
  const nlohmann::json* tree = nullptr;
};

struct StatementParts {
  std::vector<AssignmentPart> set;
  std::string_view from;                       ///< other tables, of FROM or USING; empty: none
  std::string_view where;                      ///< empty: none
  const nlohmann::json* where_tree = nullptr;  ///< null: none
};

/// The parts of an UPDATE or DELETE without WITH and RETURNING; of a DELETE there is no SET list. The
/// parser tells where columns begin, the scanner's tokens where values end; both come from PostgreSQL. Problems:
/// sql_not_batchable for targets and sources that are no plain column = expression. Views `text` and `statement`.
parse::OrProblem<StatementParts> cut_statement(std::string_view text, const std::vector<parse::Token>& tokens,
                                               const nlohmann::json& statement);

}  // namespace pgfill::spec
