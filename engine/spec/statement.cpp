// One SQL UPDATE in, a JobSpec out: scan, parse, refuse what is no backfill, cut, check every expression, name the job.
#include <algorithm>
#include <optional>
#include <set>
#include <utility>

#include "pgfill/spec.h"
#include "spec/expression.h"
#include "spec/job_name.h"
#include "spec/source_text.h"
#include "spec/sql_scan.h"
#include "spec/sql_tree.h"
#include "spec/statement_parts.h"
#include "spec/statement_rules.h"

namespace pgfill {

namespace spec {
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

Error to_error(const SqlProblem& problem, const SourceText& source, const std::vector<Token>& tokens) {
  Error error;
  error.code = problem.code;
  error.message = problem.message;
  error.hint = problem.hint;
  error.remark = problem.remark;
  error.place = source.place(problem.offset, std::max(problem.length, token_length_at(tokens, problem.offset)));
  return error;
}

}  // namespace
}  // namespace spec

Result<JobSpec> parse_statement(std::string_view sql, std::string job) {
  const spec::SourceText source("<sql>", sql);
  if (auto error = source.check(ErrorCode::sql_syntax)) return *error;
  spec::StatementReader reader(sql);
  auto read = reader.read();
  if (const auto* problem = spec::problem_in(read)) return spec::to_error(*problem, source, reader.tokens());
  auto& spec = std::get<JobSpec>(read);
  if (job.empty()) {
    std::vector<std::string> columns;
    for (const Assignment& assignment : spec.set) columns.push_back(assignment.column);
    job = spec::make_job_name(spec.table, columns);
  }
  if (!spec::is_job_name(job)) {
    Error error;
    error.code = ErrorCode::spec_bad_value;
    error.message = spec::in_quotes(job) + " is not a job name";
    error.hint = "a job name has 1 to 63 of the signs a-z, 0-9, _ and -";
    return error;
  }
  spec.job = std::move(job);
  return std::move(spec);
}

bool looks_like_sql(std::string_view text) {
  constexpr std::string_view blanks = " \t\r\n\f\v";
  const std::size_t begin = text.find_first_not_of(blanks);
  if (begin == std::string_view::npos) return false;
  text = text.substr(begin, text.find_last_not_of(blanks) + 1 - begin);
  // A path may hold blanks; no statement ends like one.
  if (text.ends_with(".yaml") || text.ends_with(".yml")) return false;
  if (text.starts_with('"')) return false;  // the name of a table
  return text.find_first_of(blanks) != std::string_view::npos;
}

}  // namespace pgfill
