#include "spec/statement_reader.h"

#include <algorithm>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "spec/expression.h"
#include "spec/own_batches.h"
#include "spec/source_text.h"
#include "spec/sql_scan.h"
#include "spec/sql_tree.h"
#include "spec/statement_parts.h"
#include "spec/statement_rules.h"

namespace pgfill::spec {

namespace {

using nlohmann::json;

class StatementReader {
 public:
  explicit StatementReader(std::string_view sql) : sql_(sql) {}

  OrProblem<JobSpec> read();
  const std::vector<Token>& tokens() const { return tokens_; }

 private:
  std::optional<SqlProblem> read_target(const json& update);
  std::optional<SqlProblem> read_parts(const StatementParts& parts);
  OrProblem<std::string> read_expression(std::string_view text, const json& tree, bool condition) const;

  std::string_view sql_;
  std::vector<Token> tokens_;
  JobSpec spec_;
};

std::optional<SqlProblem> StatementReader::read_target(const json& update) {
  const json& relation = field_of(update, "relation");
  spec_.schema = text_of(relation, "schemaname");
  spec_.table = text_of(relation, "relname");
  spec_.alias = text_of(field_of(relation, "alias"), "aliasname");
  spec_.only = field_of(relation, "inh") != true;
  const std::string catalogue = text_of(relation, "catalogname");
  if (catalogue.empty()) return std::nullopt;
  SqlProblem problem;
  problem.code = ErrorCode::sql_not_a_backfill;
  problem.message = "the table's name has three parts";
  problem.hint = "write schema.table, and connect to database " + in_quotes(catalogue);
  problem.offset = first_location(relation).value_or(0);
  return problem;
}

/// The expression's text, proved to mean what it means in the statement: both parse to the same tree.
OrProblem<std::string> StatementReader::read_expression(std::string_view text, const json& tree, bool condition) const {
  const ExpressionContext context{spec_.schema, spec_.table, spec_.alias, condition};
  if (auto problem = check_batch_rules(tree, context)) return *problem;
  auto parsed = parse_expression(text, condition);
  const auto offset = static_cast<std::size_t>(text.data() - sql_.data());
  if (SqlProblem* problem = std::get_if<SqlProblem>(&parsed)) {
    problem->offset += offset;
    return *problem;
  }
  auto& expression = std::get<Expression>(parsed);
  if (without_locations(std::move(expression.tree)) == without_locations(tree)) return std::move(expression.text);
  SqlProblem problem;
  problem.code = ErrorCode::internal;
  problem.message = "pgfill cannot cut this expression out of the statement";
  problem.hint = "write a spec file instead, and report this with the statement";
  problem.offset = offset;
  return problem;
}

std::optional<SqlProblem> StatementReader::read_parts(const StatementParts& parts) {
  std::set<std::string> columns;
  for (const AssignmentPart& part : parts.set) {
    if (!columns.insert(part.column).second) {
      SqlProblem problem;
      problem.message = "column " + in_quotes(part.column) + " is set twice";
      problem.hint = "leave one of the two out";
      problem.offset = part.offset;
      return problem;
    }
    auto text = read_expression(part.expression, *part.tree, false);
    if (const SqlProblem* refused = problem_in(text)) return *refused;
    spec_.set.push_back({part.column, std::get<std::string>(std::move(text))});
  }
  if (parts.where_tree == nullptr) return std::nullopt;
  auto text = read_expression(parts.where, *parts.where_tree, true);
  if (const SqlProblem* refused = problem_in(text)) return *refused;
  spec_.where = std::get<std::string>(std::move(text));
  return std::nullopt;
}

OrProblem<JobSpec> StatementReader::read() {
  auto scanned = scan_sql(sql_);
  if (const SqlProblem* problem = problem_in(scanned)) return *problem;
  tokens_ = std::get<std::vector<Token>>(std::move(scanned));
  const auto tree = parse_sql(sql_, tokens_);
  if (const SqlProblem* problem = problem_in(tree)) return *problem;
  const auto found = find_update(sql_, tokens_, std::get<json>(tree));
  if (const SqlProblem* problem = problem_in(found)) return *problem;
  const json& update = *std::get<const json*>(found);
  if (auto problem = read_target(update)) return *problem;
  const auto parts = cut_statement(sql_, tokens_, update);
  if (const SqlProblem* problem = problem_in(parts)) return *problem;
  if (auto problem = read_parts(std::get<StatementParts>(parts))) return *problem;
  return std::move(spec_);
}

/// A statement that makes batches of its own gets the plain one shown.
void show_plain_update(std::string_view sql, SqlProblem& problem) {
  if (problem.code != ErrorCode::sql_not_batchable && problem.code != ErrorCode::sql_not_a_backfill) return;
  const bool body = problem.code == ErrorCode::sql_not_a_backfill;
  const std::string plain = body ? update_in_body(sql) : plain_update(sql);
  if (plain.empty()) return;
  problem.hint = std::string(body ? "pgfill makes the loop itself; give the UPDATE alone"
                                  : "pgfill makes the batches itself; give the plain UPDATE") +
                 ":\n" + run_command(plain);
}

OrProblem<JobSpec> read_with(std::string_view sql, bool with_hints) {
  StatementReader reader(sql);
  auto read = reader.read();
  if (SqlProblem* problem = std::get_if<SqlProblem>(&read)) {
    problem->length = std::max(problem->length, token_length_at(reader.tokens(), problem->offset));
    if (with_hints) show_plain_update(sql, *problem);
  }
  return read;
}

}  // namespace

OrProblem<JobSpec> read_statement(std::string_view sql) {
  return read_with(sql, true);
}

OrProblem<JobSpec> read_plain_statement(std::string_view sql) {
  return read_with(sql, false);
}

}  // namespace pgfill::spec
