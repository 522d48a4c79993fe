#include "spec/batch_rules.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>
#include <vector>

#include "parse/source_text.h"
#include "parse/sql_tree.h"
#include "spec/sql_functions.h"

namespace pgfill::spec {

namespace {

using nlohmann::json;

/// What surrounds a node: whether it stands in a sub-select, and the WITH names visible there.
struct Scope {
  bool subselect = false;
  bool own_name_hidden = false;  ///< a table of the sub-select is called as the updated one
  std::vector<std::string> with_names;
};

/// Walks a tree and keeps the first problem; nothing is looked at after it.
class RuleWalk {
 public:
  explicit RuleWalk(const ExpressionContext& context) : context_(context) {}

  void walk(const json& node, const Scope& scope);
  std::optional<parse::SqlProblem> problem() && { return std::move(problem_); }

 private:
  void refuse(const json& node, std::string message, std::string hint);
  void visit(const std::string& kind, const json& node, const Scope& scope);
  void visit_function(const json& node, const Scope& scope);
  void visit_builtin(const json& node, const std::string& name, const Scope& scope);
  void visit_column(const json& node, const Scope& scope);
  void visit_sublink(const json& node);
  void visit_table(const json& node, const Scope& scope);
  void visit_select(const json& node, Scope scope);

  const std::string& own_name() const { return context_.alias.empty() ? context_.table : context_.alias; }

  const ExpressionContext& context_;
  std::optional<parse::SqlProblem> problem_;
};

/// The strings of a list of String nodes: a dotted name.
std::vector<std::string> name_parts(const json& list) {
  std::vector<std::string> parts;
  for (const json& item : list) {
    const json& string = parse::field_of(item, "String");
    parts.push_back(string.is_object() ? parse::text_of(string, "sval") : "*");
  }
  return parts;
}

bool is_system_column(std::string_view name) {
  constexpr std::array<std::string_view, 6> names{"ctid", "xmin", "xmax", "cmin", "cmax", "tableoid"};
  return std::find(names.begin(), names.end(), name) != names.end();
}

bool is_aggregate_call(const json& node) {
  constexpr std::array signs{"agg_star", "agg_distinct", "agg_order", "agg_filter", "agg_within_group"};
  return std::any_of(signs.begin(), signs.end(), [&](const char* sign) { return node.contains(sign); });
}

/// Whether an item of FROM gives one of its tables this name.
bool calls_something(const json& item, const std::string& name) {
  const json& join = parse::field_of(item, "JoinExpr");
  if (join.is_object()) {
    return parse::text_of(parse::field_of(join, "alias"), "aliasname") == name ||
           calls_something(parse::field_of(join, "larg"), name) || calls_something(parse::field_of(join, "rarg"), name);
  }
  for (const json& node : item) {
    const std::string alias = parse::text_of(parse::field_of(node, "alias"), "aliasname");
    if ((alias.empty() ? parse::text_of(node, "relname") : alias) == name) return true;
  }
  return false;
}

void RuleWalk::refuse(const json& node, std::string message, std::string hint) {
  if (problem_) return;
  parse::SqlProblem problem;
  problem.message = std::move(message);
  problem.hint = std::move(hint);
  problem.offset = parse::first_location(node).value_or(0);
  const json& own = parse::field_of(node, "location");
  if (own.is_number_integer() && own.get<long>() >= 0) problem.offset = own.get<std::size_t>();
  problem_ = std::move(problem);
}

void RuleWalk::walk(const json& node, const Scope& scope) {
  if (problem_ || !node.is_structured()) return;
  if (node.is_array()) {
    for (const json& item : node) walk(item, scope);
    return;
  }
  for (const auto& item : node.items()) {
    if (item.key() == "SelectStmt") {
      visit_select(item.value(), scope);
      continue;
    }
    visit(item.key(), item.value(), scope);
    walk(item.value(), scope);
  }
}

void RuleWalk::visit(const std::string& kind, const json& node, const Scope& scope) {
  if (kind == "FuncCall") visit_function(node, scope);
  if (kind == "ColumnRef") visit_column(node, scope);
  if (kind == "SubLink") visit_sublink(node);
  if (kind == "RangeVar") visit_table(node, scope);
  if (kind == "ParamRef") refuse(node, "a parameter like $1 has no value here", "write the value itself");
  if (kind == "SetToDefault") {
    refuse(node, "DEFAULT is a new value by itself and no part of an expression",
           "write the default's expression itself, as \\d shows it");
  }
  if (kind == "CurrentOfExpr") {
    refuse(node, "WHERE CURRENT OF needs an open cursor, and a batch has none", "write a condition over columns");
  }
  if (kind == "GroupingFunc") refuse(node, "GROUPING needs a GROUP BY", "leave it out");
  if (kind == "InsertStmt" || kind == "UpdateStmt" || kind == "DeleteStmt" || kind == "MergeStmt") {
    refuse(node, "a statement inside an expression would be repeated by every batch", "run it by itself, before");
  }
}

void RuleWalk::visit_function(const json& node, const Scope& scope) {
  const std::vector<std::string> name = name_parts(parse::field_of(node, "funcname"));
  if (name.empty()) return;
  const std::string& last = name.back();
  if (!scope.subselect && node.contains("over")) {
    refuse(node, "window function " + last + "() would see only the rows of one batch",
           "compute it into another table first, then set the column from that table by a sub-select on its key");
  }
  if (!scope.subselect && is_aggregate_call(node)) {
    visit_builtin(node, "count", scope);  // whatever its name: only aggregates are called like this
  }
  const bool built_in = name.size() == 1 || name.front() == "pg_catalog";
  if (built_in) visit_builtin(node, last, scope);
}

void RuleWalk::visit_builtin(const json& node, const std::string& name, const Scope& scope) {
  const std::string called = name_parts(parse::field_of(node, "funcname")).back() + "()";
  switch (kind_of_function(name)) {
    case FunctionKind::ordinary:
      return;
    case FunctionKind::aggregate:
      if (scope.subselect) return;
      return refuse(node, "aggregate " + called + " needs many rows, and a row is set from itself",
                    "write a sub-select on another table, or compute the value first and write it as a literal");
    case FunctionKind::set_returning:
      if (scope.subselect) return;
      return refuse(node, called + " returns a set of rows, and a row needs one value",
                    "take one value: a sub-select with LIMIT 1, an array subscript or regexp_match()");
    case FunctionKind::per_random:
      if (!context_.condition) return;
      return refuse(node,
                    called + " in a condition picks other rows each time it is asked, so a rerun never ends alike",
                    "choose the rows once: a condition over columns, for instance hashtext(id::text) % 10 = 0");
    case FunctionKind::session_bound:
      return refuse(node, called + " depends on the session or transaction, and every batch has another one",
                    "write the value as a literal, or nextval() for a new number per row");
    case FunctionKind::side_effect:
      return refuse(node, called + " has effects that a batch which is rolled back and tried again would repeat",
                    "do it in a statement of its own, before or after the job");
  }
}

void RuleWalk::visit_column(const json& node, const Scope& scope) {
  const std::vector<std::string> name = name_parts(parse::field_of(node, "fields"));
  if (name.empty() || !is_system_column(name.back())) return;
  const bool by_own_name = name.size() > 1 && !scope.own_name_hidden && name[name.size() - 2] == own_name();
  const bool own = name.size() == 1 ? !scope.subselect : by_own_name;
  if (!own) return;
  refuse(node, "system column " + name.back() + " changes whenever a row is written, also by this job",
         "use the table's own columns");
}

void RuleWalk::visit_sublink(const json& node) {
  const std::string type = parse::text_of(node, "subLinkType");
  const bool list = type == "ANY_SUBLINK" || type == "ALL_SUBLINK";
  const json& select = parse::field_of(parse::field_of(node, "subselect"), "SelectStmt");
  const bool limited = select.contains("limitCount") || select.contains("limitOffset");
  if (context_.condition && list && limited) {
    refuse(node, "a sub-select with LIMIT would choose other rows for every batch",
           "leave the sub-select out: pgfill makes the batches itself; write only which rows are still to do");
  }
}

void RuleWalk::visit_table(const json& node, const Scope& scope) {
  const std::string schema = parse::text_of(node, "schemaname");
  const std::string table = parse::text_of(node, "relname");
  const bool with_name =
      schema.empty() && std::find(scope.with_names.begin(), scope.with_names.end(), table) != scope.with_names.end();
  // One of them with a schema and one without: only the server knows. It is asked by plan/checks/subqueries.
  if (with_name || table != context_.table || schema != context_.schema) return;
  refuse(node,
         "a sub-select reads " + parse::in_quotes(table) +
             ", the table that is updated: it would see rows half done by "
             "other batches, and values that an application has just replaced",
         "write the expression over the row's own columns, or copy what it needs into another table first");
}

void RuleWalk::visit_select(const json& node, Scope scope) {
  scope.subselect = true;
  if (node.contains("intoClause")) {
    refuse(node, "SELECT INTO makes a table, and a value is needed here", "leave INTO out");
  }
  if (node.contains("lockingClause")) {
    refuse(node, "a sub-select with FOR UPDATE would lock other rows for the length of the batch",
           "leave the locking clause out");
  }
  // A WITH query sees the names before it; with RECURSIVE all of them, its own too.
  const json& with = parse::field_of(node, "withClause");
  const json& queries = parse::field_of(with, "ctes");
  const auto name_of = [](const json& item) {
    return parse::text_of(parse::field_of(item, "CommonTableExpr"), "ctename");
  };
  const bool recursive = parse::field_of(with, "recursive") == true;
  for (const json& item : queries) {
    if (recursive) scope.with_names.push_back(name_of(item));
  }
  for (const json& item : queries) {
    walk(parse::field_of(item, "CommonTableExpr"), scope);
    scope.with_names.push_back(name_of(item));
  }
  for (const json& item : parse::field_of(node, "fromClause")) {
    scope.own_name_hidden = scope.own_name_hidden || calls_something(item, own_name());
  }
  // The branches of UNION are select nodes without a name of their own; those of JOIN, deeper, have one.
  for (const auto& item : node.items()) {
    if (item.key() == "withClause") continue;
    const bool branch = item.key() == "larg" || item.key() == "rarg";
    if (branch) {
      visit_select(item.value(), scope);
    } else {
      walk(item.value(), scope);
    }
  }
}

}  // namespace

std::optional<parse::SqlProblem> check_batch_rules(const json& tree, const ExpressionContext& context) {
  if (!context.condition && tree.contains("SetToDefault")) return std::nullopt;
  RuleWalk walk(context);
  walk.walk(tree, Scope{});
  return std::move(walk).problem();
}

}  // namespace pgfill::spec
