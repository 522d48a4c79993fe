// Finds the plain UPDATE in SQL that makes its own batches: a sub-select with LIMIT, WITH batch AS (…), a loop in
// PL/pgSQL. For hints: what is found is shown to a person, never run.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace pgfill::spec {

/// What surrounds an UPDATE inside a loop.
struct LoopContext {
  std::vector<std::string> variables;  ///< conditions on these are the loop's
  std::vector<std::string> queries;    ///< of FOR … IN SELECT loops: their conditions choose the rows
};

/// The UPDATE with the conditions that choose its rows, without what cuts them into batches. Empty: it cannot be said.
std::string plain_update(std::string_view update, const LoopContext& loop = {});

/// The plain UPDATE in the body of a DO, CREATE FUNCTION or CREATE PROCEDURE; empty when there is not exactly one.
std::string update_in_body(std::string_view statement);

/// The command that runs a statement, quoted for a shell.
std::string run_command(std::string_view statement);

}  // namespace pgfill::spec
