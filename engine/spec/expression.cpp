#include "spec/expression.h"

#include <array>
#include <optional>
#include <utility>
#include <vector>

#include "parse/source_text.h"
#include "parse/sql_scan.h"
#include "parse/sql_tree.h"

namespace pgfill::spec {

namespace {

using nlohmann::json;

// The grammar takes an expression here, and nothing that would need parentheses to be one. The line breaks keep a
// comment from reaching over the end.
constexpr std::string_view value_frame = "UPDATE t SET c = \n";
constexpr std::string_view condition_frame = "UPDATE t SET c = 0 WHERE \n";

parse::SqlProblem syntax(std::string message, std::string hint, const parse::Token& token) {
  parse::SqlProblem problem;
  problem.code = ErrorCode::sql_syntax;
  problem.message = std::move(message);
  problem.hint = std::move(hint);
  problem.offset = token.begin;
  problem.length = token.end - token.begin;
  return problem;
}

/// Brackets that close before they open would end the parentheses pgfill puts around the expression.
std::optional<parse::SqlProblem> check_balance(const std::vector<parse::Token>& tokens) {
  std::vector<const parse::Token*> open;
  for (const parse::Token& token : tokens) {
    if (token.text == ";") return syntax("a semicolon inside an expression", "give one expression", token);
    if (token.text == "(" || token.text == "[") open.push_back(&token);
    if (token.text != ")" && token.text != "]") continue;
    const std::string_view wanted = token.text == ")" ? "(" : "[";
    if (open.empty() || open.back()->text != wanted) {
      return syntax(parse::in_quotes(token.text) + " closes nothing", "write the expression with all its brackets",
                    token);
    }
    open.pop_back();
  }
  if (open.empty()) return std::nullopt;
  return syntax(parse::in_quotes(open.back()->text) + " is never closed", "write the expression with all its brackets",
                *open.back());
}

/// The expression's node in the frame's tree, when there is nothing else in it.
const json* node_in_frame(const json& tree, bool condition) {
  const json& statements = parse::field_of(tree, "stmts");
  if (statements.size() != 1) return nullptr;
  const json& update = parse::field_of(parse::field_of(statements[0], "stmt"), "UpdateStmt");
  const json& targets = parse::field_of(update, "targetList");
  if (!update.is_object() || targets.size() != 1) return nullptr;
  for (const auto& item : update.items()) {
    const std::string& key = item.key();
    if (key == "relation" || key == "targetList" || (condition && key == "whereClause")) continue;
    return nullptr;
  }
  if (condition) return &parse::field_of(update, "whereClause");
  return &parse::field_of(parse::field_of(targets[0], "ResTarget"), "val");
}

/// Locations in the frame become offsets in the expression.
void shift_locations(json& node, std::size_t frame) {
  for (const auto& item : node.items()) {
    json& value = item.value();
    if (node.is_object() && item.key() == "location" && value.is_number_integer()) {
      const long location = value.get<long>();
      value = location < static_cast<long>(frame) ? -1 : location - static_cast<long>(frame);
    } else if (value.is_structured()) {
      shift_locations(value, frame);
    }
  }
}

}  // namespace

parse::OrProblem<Expression> parse_expression(std::string_view text, bool condition) {
  const auto scanned = parse::scan_sql(text);
  if (const parse::SqlProblem* problem = parse::problem_in(scanned)) return *problem;
  const auto& tokens = std::get<std::vector<parse::Token>>(scanned);
  if (tokens.empty()) return syntax("the expression is empty", "write an SQL expression over the row's columns", {});
  if (const auto problem = check_balance(tokens)) return *problem;

  const std::string_view frame = condition ? condition_frame : value_frame;
  const std::string framed = std::string(frame) + std::string(text);
  std::vector<parse::Token> shifted = tokens;
  for (parse::Token& token : shifted) {
    token.begin += frame.size();
    token.end += frame.size();
  }
  auto parsed = parse::parse_sql(framed, shifted);
  if (parse::SqlProblem* problem = std::get_if<parse::SqlProblem>(&parsed)) {
    problem->offset = problem->offset > frame.size() ? problem->offset - frame.size() : 0;
    return std::move(*problem);
  }
  const json* node = node_in_frame(std::get<json>(parsed), condition);
  if (node == nullptr || node->is_null()) {
    return syntax("this is more than one expression",
                  "write one SQL expression; SET, WHERE, FROM and RETURNING have no place in it", tokens.front());
  }
  Expression expression{parse::tidy_text(text, tokens), *node};
  // However it is spelled, in brackets too.
  if (!condition && node->contains("SetToDefault")) expression.text = default_word;
  shift_locations(expression.tree, frame.size());
  return expression;
}

parse::OrProblem<std::string> check_expression(std::string_view text, const ExpressionContext& context) {
  auto parsed = parse_expression(text, context.condition);
  if (const parse::SqlProblem* problem = parse::problem_in(parsed)) return *problem;
  auto& expression = std::get<Expression>(parsed);
  auto problem = check_batch_rules(expression.tree, context);
  if (!problem) return std::move(expression.text);
  const auto scanned = parse::scan_sql(text);
  if (parse::problem_in(scanned) == nullptr) {
    problem->length = parse::token_length_at(std::get<std::vector<parse::Token>>(scanned), problem->offset);
  }
  return *problem;
}

std::string canonical_expression(std::string_view text, bool condition) {
  auto parsed = parse_expression(text, condition);
  if (parse::problem_in(parsed) != nullptr) return parse::canonical_sql(text);
  const std::string frame = parse::canonical_sql(condition ? condition_frame : value_frame);
  const std::string written =
      parse::rewritten_sql(std::string(condition ? condition_frame : value_frame) + std::string(text));
  if (!parse::canonical_sql(written.substr(0, frame.size())).starts_with(frame)) return parse::canonical_sql(text);
  std::string rewritten = written.substr(std::min(written.size(), frame.size() + 1));
  // Proved, not trusted: a rewriting that lost a bracket would make two jobs one.
  auto again = parse_expression(rewritten, condition);
  if (parse::problem_in(again) != nullptr) return parse::canonical_sql(text);
  auto& before = std::get<Expression>(parsed).tree;
  const bool same = parse::without_locations(std::move(before)) ==
                    parse::without_locations(std::move(std::get<Expression>(again).tree));
  return same ? rewritten : parse::canonical_sql(text);
}

}  // namespace pgfill::spec
