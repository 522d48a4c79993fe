// The SQL inside a PL/pgSQL body: each statement and expression with its line, and the names of the variables. Read
// with PostgreSQL's own grammar (libpg_query); judges nothing.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "parse/sql_problem.h"

namespace pgfill::parse {

/// One piece of SQL in a body.
struct PlpgsqlPart {
  std::string
      statement;     ///< the PL/pgSQL statement it belongs to, as PostgreSQL names it: "execsql", "fors", "assign" …
  std::string role;  ///< what it is there: "sqlstmt", "query", "expr", "cond" …
  std::string text;  ///< a statement or an expression, as it stands in the body
  std::size_t line = 0;  ///< of the statement in the body, from 1; 0: the parser does not tell
  bool in_loop = false;
};

struct PlpgsqlBody {
  std::vector<std::string> variables;  ///< parameters, records and loop variables too; folded as the server folds them
  std::vector<PlpgsqlPart> parts;      ///< in the order of the body
};

/// The bodies of a text that is one or several CREATE FUNCTION, CREATE PROCEDURE or DO in LANGUAGE plpgsql, in one.
/// Bodies in other languages are left out. Problems: sql_syntax, spec_too_large.
OrProblem<PlpgsqlBody> read_plpgsql(std::string_view text);

}  // namespace pgfill::parse
