#include "spec/statement_rules.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "parse/sql_tree.h"

namespace pgfill::spec {

namespace {

using nlohmann::json;

/// Why a kind of statement is refused. The names are PostgreSQL's parse nodes.
struct OtherStatement {
  std::string_view node;
  std::string_view message;
  std::string_view hint;
};

constexpr std::string_view make_loop = "pgfill makes the loop itself; give the UPDATE alone: pgfill run \"UPDATE ...\"";

constexpr std::array<OtherStatement, 7> others{{
    {"InsertStmt", "INSERT comes in a later version of pgfill; this one runs UPDATE and DELETE",
     "add the column to the rows there are with an UPDATE"},
    {"MergeStmt", "MERGE cannot be run in batches by pgfill",
     "write the WHEN MATCHED part as an UPDATE: UPDATE target SET column = (SELECT source.column FROM source WHERE "
     "source.key = target.key)"},
    {"SelectStmt", "a SELECT changes no rows",
     "write the UPDATE; pgfill plan shows how many rows it would change. Where a function makes the change, give the "
     "UPDATE that stands in it: \\sf NAME in psql shows it"},
    {"TransactionStmt", "every batch is a transaction of its own", "leave BEGIN and COMMIT out; give the UPDATE alone"},
    {"DoStmt", "a DO block is no UPDATE", make_loop},
    {"CreateFunctionStmt", "a function or procedure is no UPDATE", make_loop},
    {"CallStmt", "CALL is no UPDATE",
     "pgfill makes the loop itself; give the UPDATE that stands in the procedure: \\sf NAME in psql shows it"},
}};

parse::SqlProblem not_a_backfill(std::size_t offset, std::string_view message, std::string_view hint) {
  parse::SqlProblem problem;
  problem.code = ErrorCode::sql_not_a_backfill;
  problem.message = message;
  problem.hint = hint;
  problem.offset = offset;
  return problem;
}

parse::SqlProblem clause(std::size_t offset, std::string message, std::string hint) {
  parse::SqlProblem problem;
  problem.message = std::move(message);
  problem.hint = std::move(hint);
  problem.offset = offset;
  return problem;
}

/// Where a statement's first token stands; its own location may include white space and comments before it.
std::size_t start_of(const json& statement, const std::vector<parse::Token>& tokens) {
  const json& location = parse::field_of(statement, "stmt_location");
  const std::size_t offset = location.is_number_unsigned() ? location.get<std::size_t>() : 0;
  for (const parse::Token& token : tokens) {
    if (token.begin >= offset && token.text != ";") return token.begin;
  }
  return 0;
}

parse::SqlProblem other_statement(const json& node, std::size_t offset) {
  for (const OtherStatement& other : others) {
    if (node.contains(other.node)) return not_a_backfill(offset, other.message, other.hint);
  }
  return not_a_backfill(offset, "this statement is no UPDATE and no DELETE",
                        "run it with psql; pgfill runs one UPDATE or DELETE of one table");
}

/// Where a clause begins: its keyword outside brackets, searched backwards from what it holds.
std::size_t keyword_before(const std::vector<parse::Token>& tokens, std::string_view word, const json& content) {
  const std::size_t limit = parse::first_location(content).value_or(std::string_view::npos);
  std::size_t found = std::min(limit, tokens.empty() ? 0 : tokens.back().begin);
  for (const parse::Token& token : tokens) {
    if (token.begin <= limit && parse::is_keyword(token, word)) found = token.begin;
  }
  return found;
}

std::optional<parse::SqlProblem> refused_clause(const std::vector<parse::Token>& tokens, const json& update) {
  if (update.contains("withClause")) {
    return clause(
        keyword_before(tokens, "with", update["withClause"]),
        "this WITH is more than a name for a sub-select, and would be computed again for every batch",
        "write the query where it is named; where it writes, is recursive or chooses rows of the table itself, "
        "store its result in a table and join that by its key");
  }
  if (update.contains("returningList")) {
    return clause(keyword_before(tokens, "returning", update["returningList"]),
                  "RETURNING sends rows back, and nobody would read them", "leave RETURNING out");
  }
  const json& current_of = parse::field_of(parse::field_of(update, "whereClause"), "CurrentOfExpr");
  if (current_of.is_object()) {
    return clause(keyword_before(tokens, "current", json()),
                  "WHERE CURRENT OF needs an open cursor, and a batch has none", "write a condition over columns");
  }
  return std::nullopt;
}

}  // namespace

bool is_delete(const json& change) {
  return !change.contains("targetList");
}

const json* change_in(const json& tree) {
  const json& statements = parse::field_of(tree, "stmts");
  if (statements.size() != 1) return nullptr;
  const json& node = parse::field_of(statements[0], "stmt");
  const json& update = parse::field_of(node, "UpdateStmt");
  const json& change = update.is_object() ? update : parse::field_of(node, "DeleteStmt");
  return change.is_object() ? &change : nullptr;
}

parse::OrProblem<const json*> find_change(std::string_view text, const std::vector<parse::Token>& tokens,
                                          const json& tree) {
  const json& statements = parse::field_of(tree, "stmts");
  if (statements.empty()) {
    parse::SqlProblem problem = not_a_backfill(0, "there is no statement", "give one UPDATE or DELETE of one table");
    problem.code = ErrorCode::sql_syntax;
    problem.length = text.size();
    return problem;
  }
  if (statements.size() > 1) {
    const json& first = parse::field_of(statements[0], "stmt");
    if (first.contains("TransactionStmt")) return other_statement(first, start_of(statements[0], tokens));
    return not_a_backfill(start_of(statements[1], tokens), "a second statement begins here",
                          "give one statement; run the others by themselves, or as jobs of their own");
  }
  const json* change = change_in(tree);
  if (change == nullptr)
    return other_statement(parse::field_of(statements[0], "stmt"), start_of(statements[0], tokens));
  if (auto problem = refused_clause(tokens, *change)) return *problem;
  return change;
}

}  // namespace pgfill::spec
