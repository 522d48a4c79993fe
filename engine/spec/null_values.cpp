#include "spec/null_values.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "parse/sql_name.h"
#include "parse/sql_tree.h"
#include "spec/expression.h"

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

/// The same, of sequences and whole numbers.
constexpr auto numbering_functions =
    std::to_array<std::string_view>({"currval", "div", "gcd", "lcm", "setval", "trunc"});

/// Never answer NULL.
constexpr auto total_functions =
    std::to_array<std::string_view>({"clock_timestamp", "concat", "gen_random_uuid", "json_build_array",
                                     "json_build_object", "jsonb_build_array", "jsonb_build_object", "lastval", "now",
                                     "statement_timestamp", "timeofday", "transaction_timestamp", "txid_current"});

/// Operators that answer NULL for NULL only, of plain types.
constexpr auto strict_operators =
    std::to_array<std::string_view>({"+", "-", "*", "/", "%", "||", "=", "<>", "<", ">", "<=", ">="});

/// Types as the parser names them. Casts to time of infinite times, and of some JSON to numbers, answer NULL.
constexpr auto plain_types = std::to_array<std::string_view>(
    {"bool", "bpchar", "bytea", "date", "float4", "float8", "int2", "int4", "int8", "interval", "name", "numeric",
     "regclass", "text", "timestamp", "timestamptz", "uuid", "varchar"});

constexpr auto json_types = std::to_array<std::string_view>({"json", "jsonb"});

template <typename Names, typename Name>
bool contains(const Names& names, const Name& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

const Test never{""};

Test test_of(const json& node, const NullFacts& facts);

/// NULL when one of these is.
Test any_null(const json& nodes, const NullFacts& facts) {
  std::string joined;
  int count = 0;
  for (const json& node : nodes) {
    const Test test = test_of(node, facts);
    if (!test) return std::nullopt;
    if (test->empty()) continue;
    joined += (joined.empty() ? "" : " OR ") + *test;
    ++count;
  }
  return count > 1 ? '(' + joined + ')' : joined;
}

/// NULL when all of these are.
Test all_null(const json& nodes, const NullFacts& facts) {
  std::string joined;
  bool some_never = false;
  for (const json& node : nodes) {
    const Test test = test_of(node, facts);
    if (!test) return std::nullopt;  // its type may be any, and so the value of the whole
    some_never = some_never || test->empty();
    joined += (joined.empty() ? "" : " AND ") + *test;
  }
  if (some_never) return never;
  return nodes.size() > 1 ? '(' + joined + ')' : joined;
}

/// With the table's name, where it is given.
Test column_test(const json& column) {
  const json& fields = parse::field_of(column, "fields");
  if (parse::last_name(fields).empty()) return std::nullopt;  // a whole row
  std::string test;
  for (const json& field : fields)
    test += (test.empty() ? "" : ".") + parse::quote_name(parse::text_of(parse::field_of(field, "String"), "sval"));
  return test + " IS NULL";
}

Test plain_column_test(const json& column, const NullFacts& facts) {
  const bool plain = !facts.plain || contains(*facts.plain, parse::last_name(parse::field_of(column, "fields")));
  return plain ? column_test(column) : std::nullopt;
}

Test case_test(const json& choice, const NullFacts& facts) {
  const auto may_be_null = [&facts](const json& node) { return test_of(node, facts) != never; };
  for (const json& one : parse::field_of(choice, "args")) {
    if (may_be_null(parse::field_of(parse::field_of(one, "CaseWhen"), "result"))) return std::nullopt;
  }
  return may_be_null(parse::field_of(choice, "defresult")) ? std::nullopt : never;
}

/// The name, when it is one of PostgreSQL's own by all that is known; else empty.
std::string own_name(const json& path, const NullFacts& facts) {
  if (path.size() > 1 && parse::text_of(parse::field_of(path[0], "String"), "sval") != "pg_catalog") return "";
  const std::string name = parse::last_name(path);
  return contains(facts.ambiguous, name) ? "" : name;
}

/// The name of a cast's type; empty as above, and for arrays.
std::string own_type(const json& cast, const NullFacts& facts) {
  const json& type = parse::field_of(cast, "typeName");
  return type.contains("arrayBounds") ? "" : own_name(parse::field_of(type, "names"), facts);
}

Test cast_test(const json& cast, const NullFacts& facts) {
  return contains(plain_types, own_type(cast, facts)) ? test_of(parse::field_of(cast, "arg"), facts) : std::nullopt;
}

Test function_test(const json& call, const NullFacts& facts) {
  const std::string name = call.contains("func_variadic") ? "" : own_name(parse::field_of(call, "funcname"), facts);
  if (contains(total_functions, name)) return never;
  const bool strict = contains(strict_functions, name) || contains(numbering_functions, name);
  return strict ? any_null(parse::field_of(call, "args"), facts) : std::nullopt;
}

Test operation_test(const json& operation, const NullFacts& facts) {
  const bool strict = parse::text_of(operation, "kind") == "AEXPR_OP" &&
                      contains(strict_operators, own_name(parse::field_of(operation, "name"), facts));
  if (!strict) return std::nullopt;
  json sides = json::array({parse::field_of(operation, "rexpr")});
  if (operation.contains("lexpr")) sides.insert(sides.begin(), parse::field_of(operation, "lexpr"));
  return any_null(sides, facts);
}

/// The time of now; roles and schemas may be NULL.
bool is_time(const json& value) {
  const std::string which = parse::text_of(value, "op");
  return which.starts_with("SVFOP_CURRENT_DATE") || which.starts_with("SVFOP_CURRENT_TIME") ||
         which.starts_with("SVFOP_LOCALTIME");
}

Test test_of(const json& node, const NullFacts& facts) {
  if (!node.is_object() || node.size() != 1) return std::nullopt;
  const std::string& kind = node.begin().key();
  const json& body = node.begin().value();
  if (kind == "A_Const") return body.contains("isnull") ? std::nullopt : never;
  if (kind == "ColumnRef") return plain_column_test(body, facts);
  if (kind == "SQLValueFunction") return is_time(body) ? never : std::nullopt;
  if (kind == "TypeCast") return cast_test(body, facts);
  if (kind == "CollateClause") return test_of(parse::field_of(body, "arg"), facts);
  if (kind == "CoalesceExpr" || kind == "MinMaxExpr") return all_null(parse::field_of(body, "args"), facts);
  if (kind == "CaseExpr") return case_test(body, facts);
  if (kind == "FuncCall") return function_test(body, facts);
  if (kind == "NullTest" || kind == "BooleanTest") return never;
  return kind == "A_Expr" ? operation_test(body, facts) : std::nullopt;
}

/// An expression's tree; null where it does not parse.
json tree_of(const std::string& expression) {
  const auto parsed = parse_expression(expression, false);
  const auto* one = std::get_if<Expression>(&parsed);
  return one == nullptr ? json() : one->tree;
}

}  // namespace

std::optional<std::string> null_when(const std::string& expression, const NullFacts& facts) {
  const json tree = tree_of(expression);
  const json& column = parse::field_of(tree, "ColumnRef");
  if (!column.is_null()) return column_test(column);
  // Outermost, and only there: what else is made of JSON may be NULL.
  const json& cast = parse::field_of(tree, "TypeCast");
  if (contains(json_types, own_type(cast, facts))) return test_of(parse::field_of(cast, "arg"), facts);
  return test_of(tree, facts);
}

std::vector<std::string> names_taken_for_granted() {
  std::vector<std::string> names(strict_functions.begin(), strict_functions.end());
  names.insert(names.end(), numbering_functions.begin(), numbering_functions.end());
  names.insert(names.end(), total_functions.begin(), total_functions.end());
  names.insert(names.end(), strict_operators.begin(), strict_operators.end());
  names.insert(names.end(), plain_types.begin(), plain_types.end());
  names.insert(names.end(), json_types.begin(), json_types.end());
  return names;
}

std::string column_alone(const std::string& expression) {
  return parse::last_name(parse::field_of(parse::field_of(tree_of(expression), "ColumnRef"), "fields"));
}

bool is_string(const std::string& expression) {
  return parse::field_of(tree_of(expression), "A_Const").contains("sval");
}

}  // namespace pgfill::spec
