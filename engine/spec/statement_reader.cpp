#include "spec/statement_reader.h"

#include <algorithm>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "parse/source_text.h"
#include "parse/sql_scan.h"
#include "parse/sql_tree.h"
#include "spec/common_tables.h"
#include "spec/expression.h"
#include "spec/joined.h"
#include "spec/own_batches.h"
#include "spec/statement_parts.h"
#include "spec/statement_rules.h"

namespace pgfill::spec {

namespace {

using nlohmann::json;

parse::SqlProblem cannot_cut(std::size_t offset) {
  parse::SqlProblem problem;
  problem.code = ErrorCode::internal;
  problem.message = "pgfill cannot cut this part out of the statement";
  problem.hint = "write a spec file instead, and report this with the statement";
  problem.offset = offset;
  return problem;
}

class StatementReader {
 public:
  explicit StatementReader(std::string_view sql) : sql_(sql) {}

  parse::OrProblem<JobSpec> read();
  const std::vector<parse::Token>& tokens() const { return tokens_; }

 private:
  parse::SqlProblem without_condition() const;
  std::optional<parse::SqlProblem> read_target(const json& update);
  std::optional<parse::SqlProblem> read_parts(const StatementParts& parts, const json& change);
  std::optional<parse::SqlProblem> read_joined(std::string_view text, const json& list);
  parse::OrProblem<std::string> read_expression(std::string_view text, const json& tree, bool condition) const;

  std::string_view sql_;
  std::vector<parse::Token> tokens_;
  JobSpec spec_;
};

std::optional<parse::SqlProblem> StatementReader::read_target(const json& update) {
  const json& relation = parse::field_of(update, "relation");
  spec_.schema = parse::text_of(relation, "schemaname");
  spec_.table = parse::text_of(relation, "relname");
  spec_.alias = parse::text_of(parse::field_of(relation, "alias"), "aliasname");
  spec_.only = parse::field_of(relation, "inh") != true;
  const std::string catalogue = parse::text_of(relation, "catalogname");
  if (catalogue.empty()) return std::nullopt;
  parse::SqlProblem problem;
  problem.code = ErrorCode::sql_not_a_backfill;
  problem.message = "the table's name has three parts";
  problem.hint = "write schema.table, and connect to database " + parse::in_quotes(catalogue);
  problem.offset = parse::first_location(relation).value_or(0);
  return problem;
}

/// The expression's text, proved to mean what it means in the statement: both parse to the same tree.
parse::OrProblem<std::string> StatementReader::read_expression(std::string_view text, const json& tree,
                                                               bool condition) const {
  const ExpressionContext context{spec_.schema, spec_.table, spec_.alias, condition};
  if (auto problem = check_batch_rules(tree, context)) return *problem;
  auto parsed = parse_expression(text, condition);
  const auto offset = static_cast<std::size_t>(text.data() - sql_.data());
  if (parse::SqlProblem* problem = std::get_if<parse::SqlProblem>(&parsed)) {
    problem->offset += offset;
    return *problem;
  }
  auto& expression = std::get<Expression>(parsed);
  if (parse::without_locations(std::move(expression.tree)) == parse::without_locations(tree))
    return std::move(expression.text);
  return cannot_cut(offset);
}

/// FROM or USING, proved to mean what it means in the statement.
std::optional<parse::SqlProblem> StatementReader::read_joined(std::string_view text, const json& list) {
  const auto offset = static_cast<std::size_t>(text.data() - sql_.data());
  auto checked = check_joined(text, {spec_.schema, spec_.table, spec_.alias, true});
  if (parse::SqlProblem* problem = std::get_if<parse::SqlProblem>(&checked)) {
    problem->offset += offset;
    return *problem;
  }
  if (joined_tree(text) != parse::without_locations(list)) return cannot_cut(offset);
  spec_.from = std::get<std::string>(std::move(checked));
  return std::nullopt;
}

std::optional<parse::SqlProblem> StatementReader::read_parts(const StatementParts& parts, const json& change) {
  std::set<std::string> columns;
  for (const AssignmentPart& part : parts.set) {
    if (!columns.insert(part.column).second) {
      parse::SqlProblem problem;
      problem.message = "column " + parse::in_quotes(part.column) + " is set twice";
      problem.hint = "leave one of the two out";
      problem.offset = part.offset;
      return problem;
    }
    auto text = read_expression(part.expression, *part.tree, false);
    if (const parse::SqlProblem* refused = parse::problem_in(text)) return *refused;
    spec_.set().push_back({part.column, std::get<std::string>(std::move(text))});
  }
  if (!parts.from.empty()) {
    const char* clause = is_delete(change) ? "usingClause" : "fromClause";
    if (auto problem = read_joined(parts.from, parse::field_of(change, clause))) return problem;
  }
  if (parts.where_tree == nullptr) return std::nullopt;
  auto text = read_expression(parts.where, *parts.where_tree, true);
  if (const parse::SqlProblem* refused = parse::problem_in(text)) return *refused;
  spec_.where = std::get<std::string>(std::move(text));
  return std::nullopt;
}

/// Too easily written by mistake.
parse::SqlProblem StatementReader::without_condition() const {
  parse::SqlProblem problem;
  problem.message = "a DELETE without WHERE deletes every row";
  problem.hint =
      "name the rows; if every row is meant, write a spec with `delete: true` and `all: true` (TRUNCATE is faster "
      "where nobody uses the table)";
  problem.offset = tokens_.empty() ? 0 : tokens_.front().begin;
  return problem;
}

parse::OrProblem<JobSpec> StatementReader::read() {
  auto scanned = parse::scan_sql(sql_);
  if (const parse::SqlProblem* problem = parse::problem_in(scanned)) return *problem;
  tokens_ = std::get<std::vector<parse::Token>>(std::move(scanned));
  const auto tree = parse::parse_sql(sql_, tokens_);
  if (const parse::SqlProblem* problem = parse::problem_in(tree)) return *problem;
  const auto found = find_change(sql_, tokens_, std::get<json>(tree));
  if (const parse::SqlProblem* problem = parse::problem_in(found)) return *problem;
  const json& update = *std::get<const json*>(found);
  if (auto problem = read_target(update)) return *problem;
  if (is_delete(update)) {
    if (!update.contains("whereClause")) return without_condition();
    spec_.kind = Delete{};
  }
  const auto parts = cut_statement(sql_, tokens_, update);
  if (const parse::SqlProblem* problem = parse::problem_in(parts)) return *problem;
  if (auto problem = read_parts(std::get<StatementParts>(parts), update)) return *problem;
  return std::move(spec_);
}

/// A statement that makes batches of its own gets the plain one shown.
void show_plain_update(std::string_view sql, parse::SqlProblem& problem) {
  if (problem.code != ErrorCode::sql_not_batchable && problem.code != ErrorCode::sql_not_a_backfill) return;
  const bool body = problem.code == ErrorCode::sql_not_a_backfill;
  const std::string plain = body ? update_in_body(sql) : plain_update(sql);
  if (plain.empty()) return;
  problem.hint = std::string(body ? "pgfill makes the loop itself; give the UPDATE alone"
                                  : "pgfill makes the batches itself; give the plain UPDATE") +
                 ":\n" + run_command(plain);
}

/// Where all that WITH does is to give sub-selects a name: the statement without it.
std::optional<std::string> without_with(std::string_view sql) {
  std::optional<std::string> written;
  for (std::optional<std::string> next(sql); next;) {
    const std::string text = *next;
    const auto scanned = parse::scan_sql(text);
    const auto* tokens = std::get_if<std::vector<parse::Token>>(&scanned);
    if (tokens == nullptr) return std::nullopt;
    const auto tree = parse::parse_sql(text, *tokens);
    const json* change = std::holds_alternative<json>(tree) ? change_in(std::get<json>(tree)) : nullptr;
    if (change == nullptr) return std::nullopt;
    if (!change->contains("withClause")) return written;
    next = without_first_with(text, *tokens, *change);
    written = next;
  }
  return std::nullopt;
}

parse::OrProblem<JobSpec> read_with(std::string_view sql, bool with_hints) {
  if (const auto plain = without_with(sql)) {
    auto read = read_with(*plain, false);
    // Its places are those of another text.
    if (parse::SqlProblem* problem = std::get_if<parse::SqlProblem>(&read)) {
      problem->offset = sql.find_first_of("wW");
      problem->length = std::string_view("WITH").size();
    }
    return read;
  }
  StatementReader reader(sql);
  auto read = reader.read();
  if (parse::SqlProblem* problem = std::get_if<parse::SqlProblem>(&read)) {
    problem->length = std::max(problem->length, parse::token_length_at(reader.tokens(), problem->offset));
    if (with_hints) show_plain_update(sql, *problem);
  }
  return read;
}

}  // namespace

parse::OrProblem<JobSpec> read_statement(std::string_view sql) {
  return read_with(sql, true);
}

parse::OrProblem<JobSpec> read_plain_statement(std::string_view sql) {
  return read_with(sql, false);
}

}  // namespace pgfill::spec
