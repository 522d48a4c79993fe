// Which SQL statements can become a job at all: one plain UPDATE or DELETE of one table. Looks at the parse tree's
// clauses; the expressions are batch_rules' business.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "parse/sql_problem.h"
#include "parse/sql_scan.h"

namespace pgfill::spec {

/// The UpdateStmt or DeleteStmt node of the text's tree. Problems: sql_syntax for no statement, sql_not_a_backfill for
/// others and for several, sql_not_batchable for clauses that batches cannot carry.
parse::OrProblem<const nlohmann::json*> find_change(std::string_view text, const std::vector<parse::Token>& tokens,
                                                    const nlohmann::json& tree);

/// The UpdateStmt or DeleteStmt node of a text that is one statement; else null.
const nlohmann::json* change_in(const nlohmann::json& tree);

/// Whether the node that find_change() has found is a DELETE.
bool is_delete(const nlohmann::json& change);

}  // namespace pgfill::spec
