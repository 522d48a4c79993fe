// The part of own_batches.h about PL/pgSQL: which UPDATE a loop repeats.
#include <vector>

#include "parse/plpgsql_tree.h"
#include "parse/sql_scan.h"
#include "spec/own_batches.h"

namespace pgfill::spec {

namespace {

/// The text of an expression that is one plain string; empty when it is something else.
std::string constant_in(const std::string& expression) {
  const auto scanned = parse::scan_sql(expression);
  if (parse::problem_in(scanned) != nullptr) return {};
  const auto& tokens = std::get<std::vector<parse::Token>>(scanned);
  if (tokens.size() != 1) return {};
  std::string_view text = tokens.front().text;
  const std::size_t tag = text.starts_with('$') ? text.find('$', 1) : std::string_view::npos;
  if (tag != std::string_view::npos && text.size() >= 2 * (tag + 1)) {
    return std::string(text.substr(tag + 1, text.size() - 2 * (tag + 1)));
  }
  if (!text.starts_with('\'') || text.size() < 2) return {};
  std::string constant;
  for (std::size_t at = 1; at + 1 < text.size(); ++at) {
    if (text[at] == '\'') ++at;
    constant += text[at];
  }
  return constant;
}

}  // namespace

std::string update_in_body(std::string_view statement) {
  const auto read = parse::read_plpgsql(statement);
  if (parse::problem_in(read) != nullptr) return {};
  const auto& body = std::get<parse::PlpgsqlBody>(read);
  LoopContext loop{body.variables, {}};
  for (const parse::PlpgsqlPart& part : body.parts) {
    if (part.statement == "fors") loop.queries.push_back(part.text);
  }
  std::string found;
  for (const parse::PlpgsqlPart& part : body.parts) {
    const std::string text =
        part.statement == "dynexecute" && part.role == "query" ? constant_in(part.text) : part.text;
    const bool statement_itself = part.statement == "execsql" || part.statement == "dynexecute";
    const std::string plain = statement_itself ? plain_update(text, loop) : std::string();
    if (plain.empty() || plain == found) continue;
    if (!found.empty()) return {};
    found = plain;
  }
  return found;
}

std::string run_command(std::string_view statement) {
  const bool simple = statement.find_first_of("\"\\$`!") == std::string_view::npos;
  std::string quoted;
  for (const char c : statement) quoted += !simple && c == '\'' ? std::string("'\\''") : std::string(1, c);
  const std::string quote = simple ? "\"" : "'";
  return "pgfill run " + quote + quoted + quote;
}

}  // namespace pgfill::spec
