// Refuses expressions that would mean something else when the statement runs in batches than when it runs once. Looks
// at the parse tree only; what needs the catalogue (views over the table, which schema a name means, volatility of user
// functions) is the plan's.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "parse/sql_problem.h"

namespace pgfill::spec {

/// Where an expression stands. Names unquoted; empty schema: the search path finds it.
struct ExpressionContext {
  std::string schema;
  std::string table;
  std::string alias;       ///< empty: the table's name
  bool condition = false;  ///< the `where` of the job, not a new value
};

/// The first rule an expression's tree breaks; offsets are the tree's locations. See field `set` of jobs/README.md.
std::optional<parse::SqlProblem> check_batch_rules(const nlohmann::json& tree, const ExpressionContext& context);

}  // namespace pgfill::spec
