#include "spec/null_values.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "spec/expression.h"
#include "spec/sql_name.h"
#include "spec/sql_tree.h"

namespace pgfill::spec {
namespace {

using nlohmann::json;
/// As null_when() answers.
using Test = std::optional<std::string>;

/// Answer NULL when one of their arguments is NULL, and only then. Not here: what answers NULL where nothing is found
/// (substring by a pattern, ->>), for infinite times (to_char, extract) or for a part of what it is given (concat_ws).
constexpr auto strict_functions = std::to_array<std::string_view>(
    {"abs",        "ascii",   "btrim",        "ceil",   "ceiling", "char_length", "character_length",
     "chr",        "convert", "convert_from", "decode", "encode",  "exp",         "convert_to",
     "date_trunc", "floor",   "initcap",      "left",   "length",  "ln",          "lower",
     "lpad",       "ltrim",   "md5",          "mod",    "nextval", "normalize",   "octet_length",
     "overlay",    "pi",      "position",     "power",  "random",  "quote_ident", "regexp_replace",
     "repeat",     "replace", "reverse",      "right",  "round",   "rpad",        "rtrim",
     "sha224",     "sha256",  "sha384",       "sha512", "sign",    "split_part",  "sqrt",
     "strpos",     "substr",  "timezone",     "to_hex", "to_json", "to_jsonb",    "translate",
     "upper"});

/// Never answer NULL.
constexpr auto total_functions = std::to_array<std::string_view>(
    {"clock_timestamp", "concat", "gen_random_uuid", "json_build_array", "json_build_object", "jsonb_build_array",
     "jsonb_build_object", "now", "statement_timestamp", "transaction_timestamp"});

/// Operators that answer NULL for NULL only; of arrays, || does not.
constexpr auto strict_operators =
    std::to_array<std::string_view>({"+", "-", "*", "/", "%", "||", "=", "<>", "<", ">", "<=", ">="});

/// Types as the parser names them.
constexpr auto plain_types = std::to_array<std::string_view>(
    {"bool", "bpchar", "bytea",     "citext",      "date",   "float4", "float8",  "int2",
     "int4", "int8",   "interval",  "json",        "jsonb",  "name",   "numeric", "regclass",
     "text", "time",   "timestamp", "timestamptz", "timetz", "uuid",   "varchar"});

template <typename Names, typename Name>
bool contains(const Names& names, const Name& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

const Test never{""};

/// Of tests that are joined by AND or OR.
class Joined {
 public:
  explicit Joined(std::string_view by) : by_(by) {}
  void add(const Test& test) {
    if (test && test->empty()) some_never_ = true;
    if (!test) some_unknown_ = true;
    if (!test || test->empty()) return;
    count_++;
    text_ += (text_.empty() ? "" : std::string(by_)) + *test;
  }
  bool some_never() const { return some_never_; }
  bool some_unknown() const { return some_unknown_; }
  std::string text() const { return count_ > 1 ? '(' + text_ + ')' : text_; }

 private:
  std::string_view by_;
  std::string text_;
  int count_ = 0;
  bool some_never_ = false;
  bool some_unknown_ = false;
};

Test test_of(const json& node, const NullFacts& facts);

/// NULL when one of these is.
Test any_null(const json& nodes, const NullFacts& facts) {
  Joined tests(" OR ");
  for (const json& node : nodes) tests.add(test_of(node, facts));
  if (tests.some_unknown()) return std::nullopt;
  return tests.text();
}

/// NULL when all of these are.
Test all_null(const json& nodes, const NullFacts& facts) {
  Joined tests(" AND ");
  for (const json& node : nodes) tests.add(test_of(node, facts));
  if (tests.some_never()) return never;
  if (tests.some_unknown()) return std::nullopt;
  return tests.text();
}

Test column_test(const json& column, const NullFacts& facts) {
  const json& fields = field_of(column, "fields");
  const std::string name = last_name(fields);
  if (name.empty()) return std::nullopt;  // a whole row
  if (contains(facts.not_null, name)) return never;
  std::string test;
  for (const json& field : fields)
    test += (test.empty() ? "" : ".") + quote_name(text_of(field_of(field, "String"), "sval"));
  return test + " IS NULL";
}

Test case_test(const json& choice, const NullFacts& facts) {
  const auto may_be_null = [&facts](const json& node) { return test_of(node, facts) != never; };
  for (const json& one : field_of(choice, "args")) {
    if (may_be_null(field_of(field_of(one, "CaseWhen"), "result"))) return std::nullopt;
  }
  return may_be_null(field_of(choice, "defresult")) ? std::nullopt : never;
}

bool is_plain_type(const json& type) {
  return !type.contains("arrayBounds") && contains(plain_types, last_name(field_of(type, "names")));
}

/// True when each column and each cast below it is of a plain type.
bool is_plain(const json& tree, const NullFacts& facts) {
  if (!tree.is_structured()) return true;
  if (tree.is_object() && tree.contains("ColumnRef"))
    return !facts.plain || contains(*facts.plain, last_name(field_of(field_of(tree, "ColumnRef"), "fields")));
  if (tree.is_object() && tree.contains("TypeCast") && !is_plain_type(field_of(field_of(tree, "TypeCast"), "typeName")))
    return false;
  return std::all_of(tree.begin(), tree.end(), [&](const json& node) { return is_plain(node, facts); });
}

Test function_test(const json& call, const NullFacts& facts) {
  const json& path = field_of(call, "funcname");
  if (path.size() == 2 && text_of(field_of(path[0], "String"), "sval") != "pg_catalog") return std::nullopt;
  if (call.contains("func_variadic")) return std::nullopt;
  const std::string name = last_name(path);
  if (contains(facts.ambiguous, name)) return std::nullopt;
  if (contains(total_functions, name)) return never;
  const json& arguments = field_of(call, "args");
  if (!contains(strict_functions, name) || !is_plain(arguments, facts)) return std::nullopt;
  return any_null(arguments, facts);
}

Test operation_test(const json& operation, const NullFacts& facts) {
  const bool strict =
      text_of(operation, "kind") == "AEXPR_OP" && contains(strict_operators, last_name(field_of(operation, "name")));
  if (!strict) return std::nullopt;
  json sides = json::array({field_of(operation, "rexpr")});
  if (operation.contains("lexpr")) sides.insert(sides.begin(), field_of(operation, "lexpr"));
  const Test test = any_null(sides, facts);
  return test == never || is_plain(sides, facts) ? test : std::nullopt;
}

/// The time of now; roles and schemas may be NULL.
bool is_time(const json& value) {
  const std::string which = text_of(value, "op");
  return which.starts_with("SVFOP_CURRENT_DATE") || which.starts_with("SVFOP_CURRENT_TIME") ||
         which.starts_with("SVFOP_LOCALTIME");
}

Test test_of(const json& node, const NullFacts& facts) {
  if (!node.is_object() || node.size() != 1) return std::nullopt;
  const std::string& kind = node.begin().key();
  const json& body = node.begin().value();
  if (kind == "A_Const") return body.contains("isnull") ? std::nullopt : never;
  if (kind == "ColumnRef") return column_test(body, facts);
  if (kind == "SQLValueFunction") return is_time(body) ? never : std::nullopt;
  if (kind == "TypeCast" || kind == "CollateClause") return test_of(field_of(body, "arg"), facts);
  if (kind == "CoalesceExpr" || kind == "MinMaxExpr") return all_null(field_of(body, "args"), facts);
  if (kind == "CaseExpr") return case_test(body, facts);
  if (kind == "FuncCall") return function_test(body, facts);
  if (kind == "NullTest" || kind == "BooleanTest") return never;
  return kind == "A_Expr" ? operation_test(body, facts) : std::nullopt;
}

}  // namespace

std::optional<std::string> null_when(const std::string& expression, const NullFacts& facts) {
  const auto parsed = parse_expression(expression, false);
  const auto* one = std::get_if<Expression>(&parsed);
  return one == nullptr ? std::nullopt : test_of(one->tree, facts);
}

std::vector<std::string> functions_taken_for_granted() {
  std::vector<std::string> names(strict_functions.begin(), strict_functions.end());
  names.insert(names.end(), total_functions.begin(), total_functions.end());
  return names;
}

}  // namespace pgfill::spec
