#include "parse/plpgsql_tree.h"

#include <pg_query.h>

#include <algorithm>
#include <array>
#include <memory>
#include <new>
#include <nlohmann/json.hpp>

#include "parse/sql_scan.h"
#include "parse/sql_tree.h"

namespace pgfill::parse {

namespace {

using nlohmann::json;

constexpr std::string_view statement_prefix = "PLpgSQL_stmt_";

bool is_loop(std::string_view statement) {
  constexpr std::array<std::string_view, 7> loops{"loop", "while", "fori", "fors", "forc", "dynfors", "foreach_a"};
  return std::find(loops.begin(), loops.end(), statement) != loops.end();
}

/// Where a node stands.
struct Standing {
  std::string statement;
  std::size_t line = 0;
  bool in_loop = false;
};

void collect(const json& node, const Standing& standing, std::vector<PlpgsqlPart>& parts) {
  if (!node.is_structured()) return;
  for (const auto& item : node.items()) {
    const json& value = item.value();
    const std::string key = node.is_object() ? item.key() : std::string();
    const json& expression = field_of(value, "PLpgSQL_expr");
    if (expression.is_object()) {
      parts.push_back({standing.statement, key, text_of(expression, "query"), standing.line, standing.in_loop});
    } else if (key.starts_with(statement_prefix)) {
      Standing inner{key.substr(statement_prefix.size()), 0, standing.in_loop};
      inner.in_loop = inner.in_loop || is_loop(inner.statement);
      const json& line = field_of(value, "lineno");
      inner.line = line.is_number_unsigned() ? line.get<std::size_t>() : standing.line;
      collect(value, inner, parts);
    } else {
      collect(value, standing, parts);
    }
  }
}

void collect_variables(const json& function, std::vector<std::string>& variables) {
  for (const json& datum : field_of(function, "datums")) {
    for (const char* kind : {"PLpgSQL_var", "PLpgSQL_rec", "PLpgSQL_row"}) {
      std::string name = text_of(field_of(datum, kind), "refname");
      if (!name.empty() && name.front() != '(') variables.push_back(std::move(name));
    }
  }
}

SqlProblem unreadable(std::string message) {
  SqlProblem problem;
  problem.code = ErrorCode::sql_syntax;
  problem.message = std::move(message);
  problem.hint = "check the PL/pgSQL text";
  return problem;
}

}  // namespace

OrProblem<PlpgsqlBody> read_plpgsql(std::string_view text) {
  if (text.size() > max_sql_bytes) {
    SqlProblem problem = unreadable("the PL/pgSQL text is longer than " + std::to_string(max_sql_bytes) + " bytes");
    problem.code = ErrorCode::spec_too_large;
    return problem;
  }
  const std::string terminated(text);
  PgQueryPlpgsqlParseResult raw = pg_query_parse_plpgsql(terminated.c_str());
  const std::unique_ptr<PgQueryPlpgsqlParseResult, void (*)(PgQueryPlpgsqlParseResult*)> guard(
      &raw, [](PgQueryPlpgsqlParseResult* result) { pg_query_free_plpgsql_parse_result(*result); });
  if (raw.error != nullptr) {
    SqlProblem problem = unreadable(raw.error->message);
    if (raw.error->cursorpos > 0) problem.offset = byte_offset(text, raw.error->cursorpos);
    return problem;
  }
  if (raw.plpgsql_funcs == nullptr) throw std::bad_alloc();
  const json tree = json::parse(raw.plpgsql_funcs, nullptr, false);
  if (tree.is_discarded()) return unreadable("the tree that libpg_query prints for this body is not JSON");
  PlpgsqlBody body;
  for (const json& item : tree) {
    const json& function = field_of(item, "PLpgSQL_function");
    collect_variables(function, body.variables);
    collect(field_of(function, "action"), {}, body.parts);
  }
  return body;
}

}  // namespace pgfill::parse
