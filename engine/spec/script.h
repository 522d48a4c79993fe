// Finds the one statement of an SQL script that does work. What stands around it and means nothing for a job (BEGIN and
// COMMIT, time limits, simple commands of psql) is named and left out. Does not judge the statement itself.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "parse/sql_problem.h"

namespace pgfill::spec {

/// Largest script read, in bytes: mostly comments, or many values. What a statement may have is max_sql_bytes.
inline constexpr std::size_t max_script_bytes = std::size_t{4} * 1024 * 1024;

struct FoundStatement {
  std::string_view text;              ///< views the script
  std::size_t offset = 0;             ///< of the text in the script
  std::vector<std::string> left_out;  ///< "line 2: SET lock_timeout = '2s'"
};

/// Problems: sql_syntax; sql_not_a_backfill for no or several statements that do work, and for what would change the
/// meaning of the statement or its connection; spec_too_large.
parse::OrProblem<FoundStatement> find_statement(std::string_view script);

/// The script with the commands of psql made blanks, so that all places stay; appends what was taken out, with the
/// offset of each. A command is a line that begins with a backslash outside strings and comments.
struct PsqlCommand {
  std::size_t offset = 0;
  std::string text;
};
std::string without_psql_commands(std::string_view script, std::vector<PsqlCommand>& commands);

}  // namespace pgfill::spec
