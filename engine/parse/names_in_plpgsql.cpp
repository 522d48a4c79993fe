// The statements and expressions of a function in PL/pgSQL, as libpg_query finds them in its body.
#include <pg_query.h>

#include <array>
#include <memory>
#include <nlohmann/json.hpp>

#include "parse/names_in_sql.h"
#include "parse/plpgsql_body.h"
#include "parse/sql_scan.h"
#include "parse/sql_tree.h"

namespace pgfill::parse {
namespace {

using nlohmann::json;

/// Each leaves out one thing that libpg_query cannot read.
constexpr int most_rewrites = 200;

/// Words that begin a statement; what begins otherwise is an expression.
constexpr std::array<std::string_view, 22> begin_statement{
    "alter", "call",  "copy",   "create",  "delete", "do",     "drop", "execute",  "explain", "insert", "listen",
    "lock",  "merge", "notify", "refresh", "reset",  "select", "set",  "truncate", "update",  "with",   "reindex"};

bool is_statement(const Token& first) {
  for (const std::string_view word : begin_statement) {
    if (is_keyword(first, word)) return true;
  }
  return false;
}

/// Behind the name of what is assigned to.
std::size_t begin_of_value(const std::vector<Token>& tokens) {
  int depth = 0;
  for (const Token& token : tokens) {
    if (token.text == "[" || token.text == "(") ++depth;
    if (token.text == "]" || token.text == ")") --depth;
    if (depth == 0 && (token.text == ":=" || token.text == "=")) return token.end;
  }
  return 0;
}

NamesInSql names_in_text(const std::string& text, bool assignment) {
  const auto scanned = scan_sql(text);
  const auto* tokens = std::get_if<std::vector<Token>>(&scanned);
  if (tokens != nullptr && tokens->empty()) return {};
  if (tokens != nullptr && is_statement(tokens->front())) {
    NamesInSql names = names_in_statements(text);
    if (names.not_known.empty() || !assignment) return names;
  }
  const std::size_t begin = assignment && tokens != nullptr ? begin_of_value(*tokens) : 0;
  return names_in_expression(std::string_view(text).substr(begin));
}

/// A statement that is made while the function runs; known when its text is a literal.
NamesInSql names_in_dynamic(const std::string& text) {
  const auto scanned = scan_sql(text);
  const auto* tokens = std::get_if<std::vector<Token>>(&scanned);
  NamesInSql names = names_in_expression(text);
  if (tokens != nullptr && tokens->size() == 1) {
    const auto tree = parse_sql("SELECT " + text, {});
    if (problem_in(tree) == nullptr) {
      const json& select = field_of(field_of(field_of(std::get<json>(tree), "stmts")[0], "stmt"), "SelectStmt");
      const json& target = field_of(field_of(select, "targetList")[0], "ResTarget");
      const std::string statement = text_of(field_of(field_of(field_of(target, "val"), "A_Const"), "sval"), "sval");
      if (!statement.empty()) {
        names.add(names_in_statements(statement));
        return names;
      }
    }
  }
  names.not_known.push_back("it makes statements while it runs (EXECUTE " + text.substr(0, 60) + ")");
  return names;
}

bool is_dynamic(const std::string& statement, const std::string& field) {
  return field == "dynquery" ||
         (field == "query" && (statement == "PLpgSQL_stmt_dynexecute" || statement == "PLpgSQL_stmt_dynfors"));
}

/// `statement` and `field`: where the node stands.
void collect(const json& node, const std::string& statement, const std::string& field, NamesInSql& names) {
  if (node.is_array()) {
    for (const json& item : node) collect(item, statement, field, names);
  }
  if (!node.is_object()) return;
  for (const auto& item : node.items()) {
    if (item.key() != "PLpgSQL_expr") {
      const bool inner = item.key().starts_with("PLpgSQL_");
      collect(item.value(), inner ? item.key() : statement, inner ? field : item.key(), names);
      continue;
    }
    const std::string text = text_of(item.value(), "query");
    names.add(is_dynamic(statement, field) ? names_in_dynamic(text)
                                           : names_in_text(text, statement == "PLpgSQL_stmt_assign"));
  }
}

struct Parsed {
  std::string functions;  ///< JSON
  std::string problem;
};

Parsed parse(const std::string& definition) {
  PgQueryPlpgsqlParseResult raw = pg_query_parse_plpgsql(definition.c_str());
  const std::unique_ptr<PgQueryPlpgsqlParseResult, void (*)(PgQueryPlpgsqlParseResult*)> guard(
      &raw, [](PgQueryPlpgsqlParseResult* result) { pg_query_free_plpgsql_parse_result(*result); });
  if (raw.error != nullptr) return {"", raw.error->message};
  return {raw.plpgsql_funcs == nullptr ? "" : raw.plpgsql_funcs, ""};
}

}  // namespace

NamesInSql names_in_plpgsql(const std::string& definition, const std::string& body) {
  NamesInSql names;
  const std::size_t at = body.empty() ? std::string::npos : definition.find(body);
  std::string present = body;
  for (int tries = 0; at != std::string::npos && tries < most_rewrites; ++tries) {
    const Parsed parsed = parse(definition.substr(0, at) + present + definition.substr(at + body.size()));
    if (parsed.problem.empty()) {
      const json tree = json::parse(parsed.functions, nullptr, false);
      if (tree.is_discarded()) break;
      collect(tree, "", "", names);
      return names;
    }
    std::string next = body_without(present, parsed.problem);
    if (next.empty()) {
      names.not_known.push_back(parsed.problem);
      return names;
    }
    present = std::move(next);
  }
  names.not_known.emplace_back("libpg_query cannot read its body");
  return names;
}

}  // namespace pgfill::parse
