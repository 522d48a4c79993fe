#include <cctype>
#include <regex>
#include <string>

#include "rules.h"

namespace pgfill::structure {
namespace {

bool is_word(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
}

/// End of the operand that begins at `from`: the end of the statement, or the bracket or comma that ends it.
std::size_t operand_end(std::string_view code, std::size_t from) {
  int depth = 0;
  for (std::size_t i = from; i < code.size(); ++i) {
    if (code[i] == '(' || code[i] == '[' || code[i] == '{') ++depth;
    if (code[i] == ')' || code[i] == ']' || code[i] == '}') --depth;
    if (depth < 0 || (depth == 0 && (code[i] == ';' || code[i] == ','))) return i;
  }
  return code.size();
}

/// True when the bracket at `open` begins a lambda: nothing that could be subscripted stands before it.
bool begins_lambda(std::string_view code, std::size_t open) {
  const std::size_t before = code.find_last_not_of(" \n", open == 0 ? 0 : open - 1);
  if (open == 0 || before == std::string_view::npos) return true;
  if (code.substr(0, before + 1).ends_with("return")) return true;
  return !is_word(code[before]) && code[before] != ')' && code[before] != ']' && code[before] != '[' &&
         code[before] != '&' && code[open + 1] != '[';
}

/// The brace that opens the body of the lambda beginning at `open`, or npos.
std::size_t lambda_body(std::string_view code, std::size_t open) {
  const std::size_t captures_end = closing_bracket(code, open);
  if (captures_end == std::string_view::npos) return captures_end;
  std::size_t next = code.find_first_not_of(" \n", captures_end + 1);
  if (next != std::string_view::npos && code[next] == '(') {
    const std::size_t parameters_end = closing_bracket(code, next);
    if (parameters_end == std::string_view::npos) return parameters_end;
    next = code.find_first_of("{;", parameters_end + 1);
  }
  return next != std::string_view::npos && code[next] == '{' ? next : std::string_view::npos;
}

void check_operand(const SourceFile& file, std::size_t from, std::size_t to, const std::string& where,
                   Violations& violations) {
  const std::string_view code = file.code;
  for (std::size_t i = from; i < to; ++i) {
    if (code[i] == '[' && begins_lambda(code, i)) {
      const std::size_t body = lambda_body(code, i);
      if (body == std::string_view::npos) continue;
      const std::size_t first = code.find_first_not_of(" \n", i + 1);
      if (code[first] != ']') violations.push_back({file.path, file.line_of(i), "capturing lambda in " + where});
      i = closing_bracket(code, body);
      if (i == std::string_view::npos) return;
    } else if (code[i] == '{') {
      violations.push_back({file.path, file.line_of(i), "braces in " + where + ": make a named local and move it in"});
    }
  }
}

/// True when the code at `at` stands in the braces of an initialiser, not of a block.
bool in_initialiser(std::string_view code, std::size_t at) {
  int depth = 0;
  for (std::size_t i = at; i-- > 0;) {
    if (code[i] == ';') return false;
    if (code[i] == ')' || code[i] == ']' || code[i] == '}') ++depth;
    if (code[i] == '(' || code[i] == '[' || code[i] == '{') --depth;
    if (depth >= 0 || code[i] != '{') continue;
    const std::size_t before = code.find_last_not_of(" \n", i == 0 ? 0 : i - 1);
    if (i == 0 || before == std::string_view::npos) return false;
    const std::string_view left = code.substr(0, before + 1);
    const std::size_t parameters = left.rfind(')');
    if (parameters != std::string_view::npos && left.find("->", parameters) != std::string_view::npos) return false;
    for (const std::string_view keyword : {"else", "do", "try", "const", "noexcept", "override"}) {
      if (left.ends_with(keyword)) return false;
    }
    return is_word(code[before]) || code[before] == '=' || code[before] == ',' || code[before] == '(' ||
           code[before] == '>';
  }
  return false;
}

/// True when the co_await at `at` is evaluated only if what stands left of it says so.
bool behind_short_circuit(std::string_view code, std::size_t at) {
  int depth = 0;
  for (std::size_t i = at; i-- > 1;) {
    if (code[i] == ')' || code[i] == ']' || code[i] == '}') ++depth;
    if (code[i] == '(' || code[i] == '[' || code[i] == '{') --depth;
    if (code[i] == ';' || code[i] == '{' || code[i] == '}') return false;
    if (depth <= 0 && (code.substr(i - 1, 2) == "||" || code.substr(i - 1, 2) == "&&")) return true;
  }
  return false;
}

void check_lambda_coroutines(const SourceFile& file, Violations& violations) {
  static const std::regex keyword(R"(\bco_(await|return|yield)\b)");
  for (std::size_t i = file.code.find('['); i != std::string::npos; i = file.code.find('[', i + 1)) {
    const std::size_t body = begins_lambda(file.code, i) ? lambda_body(file.code, i) : std::string::npos;
    if (body == std::string::npos) continue;
    const std::size_t end = closing_bracket(file.code, body);
    if (end == std::string::npos) continue;
    if (std::regex_search(file.code.substr(body, end - body), keyword)) {
      violations.push_back({file.path, file.line_of(i), "a lambda is a coroutine: coroutines are named functions"});
    }
  }
}

}  // namespace

Violations check_coroutines(const SourceFile& file) {
  Violations violations;
  static const std::regex binding(R"(\bauto\s*&{0,2}\s*\[[^\]]*\]\s*[={(]\s*co_await\b)");
  static const std::regex use(R"(\bco_await\b|\bco_spawn(?=\s*\())");
  const auto end = std::sregex_iterator();
  for (auto match = std::sregex_iterator(file.code.begin(), file.code.end(), binding); match != end; ++match) {
    const auto at = static_cast<std::size_t>(match->position());
    violations.push_back({file.path, file.line_of(at), "structured binding on a co_await: bind a named local"});
  }
  for (auto match = std::sregex_iterator(file.code.begin(), file.code.end(), use); match != end; ++match) {
    const auto from = static_cast<std::size_t>(match->position() + match->length());
    if (in_initialiser(file.code, static_cast<std::size_t>(match->position()))) {
      violations.push_back({file.path, file.line_of(from), "a " + match->str() + " in braces: make a named local"});
    }
    if (match->str() == "co_await" && behind_short_circuit(file.code, static_cast<std::size_t>(match->position()))) {
      violations.push_back(
          {file.path, file.line_of(from), "a co_await behind && or ||: await into a named local first"});
    }
    check_operand(file, from, operand_end(file.code, from), "a " + match->str() + " expression", violations);
  }
  check_lambda_coroutines(file, violations);
  return violations;
}

}  // namespace pgfill::structure
