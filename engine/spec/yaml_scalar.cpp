#include "spec/yaml_scalar.h"

#include <algorithm>
#include <array>
#include <cstddef>

#include "parse/sql_name.h"

namespace pgfill::spec {

namespace {

bool is_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

/// Words that some YAML reader takes for something else than text.
bool is_reserved(std::string_view text) {
  constexpr std::array<std::string_view, 9> words{"null", "true", "false", "yes", "no", "on", "off", "y", "n"};
  return std::find(words.begin(), words.end(), parse::fold_case(text)) != words.end();
}

/// Deliberately narrow: what is not surely plain is quoted. ':' and '#' are signs only beside blanks.
bool is_plain(std::string_view text) {
  constexpr std::string_view inside = " _.()<>=+*/|^~$;-:'";
  if (text.empty() || is_reserved(text) || !(is_word(text.front()) || text.front() == '(')) return false;
  if (text.back() == ' ' || text.back() == ':') return false;
  if (text.find(": ") != std::string_view::npos) return false;
  return std::all_of(text.begin(), text.end(),
                     [&](char c) { return is_word(c) || inside.find(c) != std::string_view::npos; });
}

/// A number keeps its spelling in pgfill, but other readers would not; only whole decimal ones are safe as they are.
bool is_odd_number(std::string_view text) {
  if (text.empty() || text.front() < '0' || text.front() > '9') return false;
  const bool whole = std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
  return !whole || text.size() > 9 || (text.size() > 1 && text.front() == '0');
}

std::string single_quoted(std::string_view text) {
  std::string result = "'";
  for (const char c : text) {
    if (c == '\'') result += '\'';
    result += c;
  }
  return result + '\'';
}

std::string double_quoted(std::string_view text) {
  std::string result = "\"";
  for (const char c : text) {
    constexpr std::string_view marked = "\"\\\n\t\r";
    constexpr std::string_view letters = "\"\\ntr";
    const std::size_t found = marked.find(c);
    if (found != std::string_view::npos) result += '\\';
    result += found != std::string_view::npos ? letters[found] : c;
  }
  return result + '"';
}

/// A literal block keeps lines exactly unless blanks stand where YAML counts indentation or drops line ends.
bool fits_block(std::string_view text) {
  if (text.find('\n') == std::string_view::npos || text.find_first_of("\t\r") != std::string_view::npos) return false;
  if (text.front() == ' ' || text.back() == '\n') return false;
  return text.find(" \n") == std::string_view::npos && text.find("\n\n") == std::string_view::npos &&
         text.back() != ' ' && text.front() != '\n';
}

}  // namespace

std::string yaml_scalar(std::string_view text) {
  if (is_plain(text) && !is_odd_number(text)) return std::string(text);
  const bool one_line = text.find_first_of("\n\t\r") == std::string_view::npos;
  const bool has_marks = text.find_first_of("\"\\") != std::string_view::npos;
  return one_line && has_marks ? single_quoted(text) : double_quoted(text);
}

std::string yaml_value(std::string_view text, int indentation) {
  if (!fits_block(text)) return yaml_scalar(text);
  const std::string line_start = '\n' + std::string(static_cast<std::size_t>(indentation), ' ');
  std::string result = "|-" + line_start;
  for (const char c : text) {
    result += c == '\n' ? line_start : std::string(1, c);
  }
  return result;
}

}  // namespace pgfill::spec
