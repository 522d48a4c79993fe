#include "spec/joined.h"

#include <algorithm>
#include <array>
#include <utility>

#include "parse/source_text.h"
#include "parse/sql_scan.h"
#include "parse/sql_tree.h"
#include "spec/expression.h"

namespace pgfill::spec {
namespace {

using nlohmann::json;

/// As a condition the list is a sub-select, whose rules are those of the job's expressions.
constexpr std::string_view frame = "EXISTS (SELECT FROM\n";

std::string framed(std::string_view text) {
  return std::string(frame) + std::string(text) + "\n)";
}

parse::SqlProblem problem_of(ErrorCode code, std::string message, std::string hint, std::size_t offset = 0) {
  parse::SqlProblem problem;
  problem.code = code;
  problem.message = std::move(message);
  problem.hint = std::move(hint);
  problem.offset = offset;
  return problem;
}

/// The list in the frame's tree, when there is nothing else in it.
const json* list_in(const json& tree) {
  const json& link = parse::field_of(tree, "SubLink");
  const json& select = parse::field_of(parse::field_of(link, "subselect"), "SelectStmt");
  if (parse::text_of(link, "subLinkType") != "EXISTS_SUBLINK" || !select.is_object()) return nullptr;
  for (const auto& item : select.items()) {
    const std::string& key = item.key();
    if (key != "fromClause" && key != "limitOption" && key != "op") return nullptr;
  }
  const json& list = parse::field_of(select, "fromClause");
  return list.is_array() && !list.empty() ? &list : nullptr;
}

/// The tables of one item, from left to right: nodes that are no joins.
void add_leaves(const json& item, std::vector<const json*>& leaves) {
  const json& join = parse::field_of(item, "JoinExpr");
  if (!join.is_object()) return leaves.push_back(&item);
  add_leaves(parse::field_of(join, "larg"), leaves);
  add_leaves(parse::field_of(join, "rarg"), leaves);
}

std::vector<const json*> leaves_of(const json& list) {
  std::vector<const json*> leaves;
  for (const json& item : list) add_leaves(item, leaves);
  return leaves;
}

/// How columns call a table; empty: nobody can tell.
std::string name_of_leaf(const json& leaf) {
  if (!leaf.is_object() || leaf.size() != 1) return {};
  const json& node = leaf.begin().value();
  const std::string alias = parse::text_of(parse::field_of(node, "alias"), "aliasname");
  return alias.empty() ? parse::text_of(node, "relname") : alias;
}

/// It would be joined with rows of other batches.
std::optional<parse::SqlProblem> names_target(const json& list, const ExpressionContext& context) {
  for (const json* leaf : leaves_of(list)) {
    const json& table = parse::field_of(*leaf, "RangeVar");
    if (parse::text_of(table, "relname") != context.table || parse::text_of(table, "schemaname") != context.schema)
      continue;
    return problem_of(
        ErrorCode::sql_not_batchable,
        "FROM names " + parse::in_quotes(context.table) +
            ", the table that is changed: its rows would be joined with rows half done by other batches",
        "leave it out where a row is joined with itself; else copy what the job needs of it into another table first",
        parse::first_location(table).value_or(0));
  }
  return std::nullopt;
}

using Tokens = std::vector<parse::Token>;

int depth_step(const parse::Token& token) {
  if (token.text == "(" || token.text == "[" || parse::is_keyword(token, "case")) return 1;
  return token.text == ")" || token.text == "]" || parse::is_keyword(token, "end") ? -1 : 0;
}

Tokens tokens_of(std::string_view text) {
  auto scanned = parse::scan_sql(text);
  auto* tokens = std::get_if<Tokens>(&scanned);
  return tokens == nullptr ? Tokens{} : std::move(*tokens);
}

void add_references(const json& tree, JoinTest& test) {
  if (!tree.is_structured()) return;
  for (const auto& item : tree.items()) {
    if (tree.is_object() && item.key() == "ColumnRef") {
      const json& fields = parse::field_of(item.value(), "fields");
      if (fields.size() > 1) {
        test.tables.insert(parse::text_of(parse::field_of(fields[fields.size() - 2], "String"), "sval"));
      } else {
        test.names.insert(parse::last_name(fields));
      }
    }
    add_references(item.value(), test);
  }
}

/// The tests that a condition consists of: it is cut at each AND outside of brackets, but for that of a BETWEEN.
std::vector<std::string_view> cut_at_and(std::string_view text) {
  std::vector<std::string_view> parts;
  std::size_t begin = 0;
  int depth = 0;
  int between = 0;
  for (const parse::Token& token : tokens_of(text)) {
    depth += depth_step(token);
    if (depth != 0) continue;
    if (parse::is_keyword(token, "or")) return {text};
    if (parse::is_keyword(token, "between")) ++between;
    if (!parse::is_keyword(token, "and") || between-- > 0) continue;
    between = 0;
    parts.push_back(text.substr(begin, token.begin - begin));
    begin = token.end;
  }
  parts.push_back(text.substr(begin));
  return parts;
}

bool add_tests(std::string_view condition, std::optional<std::size_t> right, std::vector<JoinTest>& tests) {
  for (const std::string_view part : cut_at_and(condition)) {
    const auto parsed = parse_expression(part, true);
    const auto* expression = std::get_if<Expression>(&parsed);
    if (expression == nullptr) return false;
    JoinTest test{expression->text};
    test.right = right;
    add_references(expression->tree, test);
    tests.push_back(std::move(test));
  }
  return true;
}

/// Goes along the list once: a table, perhaps its ON, and what stands between it and the next one.
class Cutter {
 public:
  explicit Cutter(std::string_view text) : text_(text), tokens_(tokens_of(text)) {}

  bool cut(Join& join);

 private:
  bool is(std::size_t at, std::string_view word) const {
    return at < tokens_.size() && parse::is_keyword(tokens_[at], word);
  }
  /// How many words of a join begin here; 0: none.
  std::size_t join_at(std::size_t at) const;
  bool end_piece(std::size_t end, Join& join);

  std::string_view text_;
  Tokens tokens_;
  std::size_t begin_ = 0;  ///< of the present piece
  bool on_ = false;        ///< it is a condition
  bool left_ = false;      ///< its table is on the right of a LEFT JOIN
};

std::size_t Cutter::join_at(std::size_t at) const {
  if (is(at, "join")) return 1;
  if ((is(at, "inner") || is(at, "cross") || is(at, "left")) && is(at + 1, "join")) return 2;
  return is(at, "left") && is(at + 1, "outer") && is(at + 2, "join") ? 3 : 0;
}

bool Cutter::end_piece(std::size_t end, Join& join) {
  if (begin_ >= end) return false;
  const std::size_t first = tokens_[begin_].begin;
  const std::string_view piece = text_.substr(first, tokens_[end - 1].end - first);
  if (!on_) {
    join.tables.push_back({std::string(piece), {}});
    return true;
  }
  const std::size_t table = join.tables.size() - 1;
  return add_tests(piece, left_ ? std::optional(table) : std::nullopt, join.tests);
}

bool Cutter::cut(Join& join) {
  int depth = 0;
  for (std::size_t at = 0; at < tokens_.size(); ++at) {
    depth += depth_step(tokens_[at]);
    if (depth != 0) continue;
    if (is(at, "natural") || is(at, "using") || is(at, "full") ||
        (is(at, "right") && (is(at + 1, "join") || is(at + 1, "outer"))))
      return false;
    const std::size_t words = tokens_[at].text == "," ? 1 : join_at(at);
    const bool condition = words == 0 && is(at, "on");
    if (condition && on_) return false;  // of a join within a join
    if (words == 0 && !condition) continue;
    if (!end_piece(at, join)) return false;
    if (!condition) left_ = is(at, "left");
    at += condition ? 0 : words - 1;
    begin_ = at + 1;
    on_ = condition;
  }
  return end_piece(tokens_.size(), join);
}

}  // namespace

parse::OrProblem<std::string> check_joined(std::string_view text, const ExpressionContext& context) {
  const Tokens tokens = tokens_of(text);
  auto parsed = parse_expression(framed(text), true);
  parse::SqlProblem problem;
  if (const auto* expression = std::get_if<Expression>(&parsed)) {
    const json* list = list_in(expression->tree);
    if (list == nullptr)
      return problem_of(
          ErrorCode::sql_syntax, "this is not a list of tables",
          "write what stands behind FROM in SQL: `accounts a`, or `accounts a JOIN regions r ON r.id = a.region`");
    auto refused = names_target(*list, context);
    if (!refused) refused = check_batch_rules(expression->tree, context);
    if (!refused) return parse::tidy_text(text, tokens);
    problem = std::move(*refused);
  } else {
    problem = std::get<parse::SqlProblem>(std::move(parsed));
  }
  problem.offset = std::min(problem.offset > frame.size() ? problem.offset - frame.size() : 0, text.size());
  problem.length = std::max<std::size_t>(1, parse::token_length_at(tokens, problem.offset));
  return problem;
}

json joined_tree(std::string_view text) {
  auto parsed = parse_expression(framed(text), true);
  const auto* expression = std::get_if<Expression>(&parsed);
  const json* list = expression == nullptr ? nullptr : list_in(expression->tree);
  return list == nullptr ? json() : parse::without_locations(*list);
}

std::string canonical_joined(std::string_view text) {
  return text.empty() ? "" : canonical_expression(framed(text), true);
}

std::string row_condition(const JobSpec& spec) {
  if (spec.from.empty()) return spec.where;
  const std::string where = spec.where.empty() ? "" : "\nWHERE (" + spec.where + "\n)";
  return "EXISTS (SELECT FROM " + spec.from + where + "\n)";
}

std::optional<Join> take_apart(const JobSpec& spec) {
  const json list = joined_tree(spec.from);
  Join join;
  if (!list.is_array() || !Cutter(spec.from).cut(join)) return std::nullopt;
  const std::vector<const json*> leaves = leaves_of(list);
  // Both have read the same list, or nothing is known.
  if (leaves.size() != join.tables.size()) return std::nullopt;
  for (std::size_t i = 0; i < leaves.size(); ++i) {
    join.tables[i].name = name_of_leaf(*leaves[i]);
    if (join.tables[i].name.empty()) return std::nullopt;
  }
  if (!spec.where.empty() && !add_tests(spec.where, std::nullopt, join.tests)) return std::nullopt;
  return join;
}

}  // namespace pgfill::spec
