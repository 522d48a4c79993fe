#include "parse/names_in_sql.h"

#include <algorithm>
#include <array>

#include "parse/names_walk.h"
#include "parse/sql_scan.h"
#include "parse/sql_tree.h"

namespace pgfill::parse {
namespace {

using nlohmann::json;

// As in expression.cpp: DEFAULT may stand here, too. The line break ends no comment of the text.
constexpr std::string_view value_frame = "UPDATE t SET c = \n";
constexpr std::string_view query_frame = "SELECT \n";

/// The statements of a text, or what is wrong with it.
OrProblem<json> parsed(const std::string& text) {
  auto tokens = scan_sql(text);
  if (const SqlProblem* problem = problem_in(tokens)) return *problem;
  return parse_sql(text, std::get<std::vector<Token>>(tokens));
}

void take(DottedNames& to, DottedNames from) {
  to.merge(from);
}

NamesInSql unreadable(const SqlProblem& problem) {
  NamesInSql names;
  names.not_known.push_back(problem.message);
  return names;
}

}  // namespace

void NamesInSql::add(NamesInSql other) {
  take(functions, std::move(other.functions));
  take(operators, std::move(other.operators));
  take(types, std::move(other.types));
  take(attributes, std::move(other.attributes));
  take(reads, std::move(other.reads));
  take(inserts, std::move(other.inserts));
  take(updates, std::move(other.updates));
  take(deletes, std::move(other.deletes));
  take(own_tables, std::move(other.own_tables));
  not_known.insert(not_known.end(), other.not_known.begin(), other.not_known.end());
}

NamesInSql names_in_expression(std::string_view text) {
  const auto tree = parsed(std::string(value_frame) + std::string(text));
  if (problem_in(tree) == nullptr) {
    const json& statements = field_of(std::get<json>(tree), "stmts");
    if (statements.size() == 1) {
      const json& update = field_of(field_of(statements[0], "stmt"), "UpdateStmt");
      NamesInSql names = names_in_tree(field_of(update, "targetList"));
      names.add(names_in_tree(field_of(update, "whereClause")));
      names.add(names_in_tree(field_of(update, "fromClause")));  // of PL/pgSQL, where a value is the rest of a SELECT
      return names;
    }
  }
  return names_in_statements(std::string(query_frame) + std::string(text));
}

NamesInSql names_in_statements(std::string_view text) {
  const auto tree = parsed(std::string(text));
  if (const SqlProblem* problem = problem_in(tree)) return unreadable(*problem);
  return names_in_tree(field_of(std::get<json>(tree), "stmts"));
}

NamesInSql names_in_sql_body(std::string_view definition) {
  const auto tree = parsed(std::string(definition));
  if (const SqlProblem* problem = problem_in(tree)) return unreadable(*problem);
  const json& statements = field_of(std::get<json>(tree), "stmts");
  const json& function = statements.empty() ? json() : field_of(field_of(statements[0], "stmt"), "CreateFunctionStmt");
  const json& body = field_of(function, "sql_body");
  if (!body.is_structured()) {
    SqlProblem problem;
    problem.message = "it has no body";
    return unreadable(problem);
  }
  return names_in_tree(body);
}

}  // namespace pgfill::parse
