#include "parse/plpgsql_body.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <string_view>
#include <vector>

#include "parse/sql_scan.h"

namespace pgfill::parse {
namespace {

using Tokens = std::vector<Token>;

/// A variable that every function has; to assign to it is to assign to nothing that matters.
constexpr std::string_view known_variable = "found";

/// Words of PL/pgSQL are none of SQL's grammar. `word` in lower case, or as it is in quotes.
bool is_word(const Token& token, std::string_view word) {
  const std::string_view text = token.text;
  if (text.size() == word.size() + 2 && text.front() == '"' && text.substr(1, word.size()) == word) return true;
  return text.size() == word.size() && std::equal(text.begin(), text.end(), word.begin(), [](char a, char b) {
           return std::tolower(static_cast<unsigned char>(a)) == b;
         });
}

template <class Words>
bool is_one_of(const Token& token, const Words& words) {
  return std::any_of(words.begin(), words.end(), [&](std::string_view word) { return is_word(token, word); });
}

/// `"r.list" is not a known variable`: r and list.
std::vector<std::string> variable_in(const std::string& problem) {
  std::vector<std::string> parts;
  std::string name = problem.substr(1, problem.find('"', 1) - 1);
  for (std::size_t dot = name.find('.'); dot != std::string::npos; dot = name.find('.')) {
    parts.push_back(name.substr(0, dot));
    name.erase(0, dot + 1);
  }
  parts.push_back(name);
  return parts;
}

/// Whether the dotted name begins at the token, as a value or as what is assigned to: not as a table.
bool is_variable(const Tokens& tokens, std::size_t at, const std::vector<std::string>& parts) {
  constexpr std::array<std::string_view, 5> before_table{"from", "join", "only", "update", "table"};
  if (at > 0 && is_one_of(tokens[at - 1], before_table)) return false;
  for (std::size_t part = 0; part < parts.size(); ++part) {
    const std::size_t place = at + 2 * part;
    if (place >= tokens.size() || !is_word(tokens[place], parts[part])) return false;
    if (part > 0 && tokens[place - 1].text != ".") return false;
  }
  return true;
}

/// Pieces of a text with others in place of some.
class Rewrite {
 public:
  explicit Rewrite(const std::string& text) : text_(text) {}

  void replace(std::size_t begin, std::size_t end, std::string_view by) {
    result_ += text_.substr(copied_, begin - copied_) + std::string(by);
    copied_ = end;
  }
  /// Empty when nothing was replaced.
  std::string result() const { return copied_ == 0 ? "" : result_ + text_.substr(copied_); }

 private:
  const std::string& text_;
  std::string result_;
  std::size_t copied_ = 0;
};

std::string without_variable(const std::string& body, const Tokens& tokens, const std::vector<std::string>& parts) {
  Rewrite rewrite(body);
  if (parts.size() < 2) return "";
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    if (!is_variable(tokens, i, parts)) continue;
    const std::size_t last = i + 2 * (parts.size() - 1);
    rewrite.replace(tokens[i].begin, tokens[last].end, known_variable);
    i = last;
  }
  return rewrite.result();
}

bool begins_statement(const Tokens& tokens, std::size_t at) {
  constexpr std::array<std::string_view, 5> before{"begin", "then", "else", "loop", ";"};
  return at > 0 && is_one_of(tokens[at - 1], before);
}

std::size_t end_of_statement(const Tokens& tokens, std::size_t at) {
  while (at < tokens.size() && tokens[at].text != ";") ++at;
  return at;
}

/// A cursor's query instead of the cursor, and nothing for the rows that are fetched from it.
std::string without_cursors(const std::string& body, const Tokens& tokens) {
  constexpr std::array<std::string_view, 3> uses{"fetch", "move", "close"};
  Rewrite rewrite(body);
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    if (!begins_statement(tokens, i)) continue;
    const std::size_t end = end_of_statement(tokens, i);
    if (end == tokens.size()) break;
    if (is_one_of(tokens[i], uses)) rewrite.replace(tokens[i].begin, tokens[end].begin, "NULL");
    if (!is_word(tokens[i], "open")) continue;
    std::size_t query = i;
    while (query < end && !is_word(tokens[query], "for")) ++query;
    if (query + 1 < end) rewrite.replace(tokens[i].begin, tokens[query + 1].begin, "");
  }
  return rewrite.result();
}

std::string without_return_next(const std::string& body, const Tokens& tokens) {
  Rewrite rewrite(body);
  for (std::size_t i = 0; i + 2 < tokens.size(); ++i) {
    const bool bare = is_word(tokens[i], "return") && is_word(tokens[i + 1], "next") && tokens[i + 2].text == ";";
    if (bare) rewrite.replace(tokens[i].begin, tokens[i + 1].end, "NULL");
  }
  return rewrite.result();
}

}  // namespace

std::string body_without(const std::string& body, const std::string& problem) {
  const auto scanned = scan_sql(body);
  const auto* tokens = std::get_if<Tokens>(&scanned);
  if (tokens == nullptr) return "";
  const auto says = [&problem](std::string_view words) { return problem.find(words) != std::string::npos; };
  if (problem.starts_with('"') && says("is not a known variable"))
    return without_variable(body, *tokens, variable_in(problem));
  if (says("must be of type cursor or refcursor")) return without_cursors(body, *tokens);
  if (says("missing expression at or near")) return without_return_next(body, *tokens);
  return "";
}

}  // namespace pgfill::parse
