#include <regex>
#include <string>

#include "rules.h"

namespace pgfill::structure {
namespace {

/// What stands between the previous statement, brace or access label and an opening brace decides what it opens.
bool opens_container(const std::string& head) {
  static const std::regex keyword(R"((^|[\s>])(namespace|class|struct|union|enum|extern)\b)");
  return std::regex_search(head, keyword) && head.find('(') == std::string::npos;
}

/// A parameter list, and the brace is its body: not an initialiser (`= {`, `f({`) nor a member's (`: a_{b}`).
bool opens_function(const std::string& head) {
  const std::size_t last = head.find_last_not_of(" \n");
  if (head.find('(') == std::string::npos || last == std::string::npos) return false;
  static const std::regex initialised(R"(\)\s*:[^:][\s\S]*[\w>]\s*$)");
  return head[last] != '=' && head[last] != ',' && head[last] != '(' && !std::regex_search(head, initialised);
}

/// Where the signature begins: behind white space and access labels.
std::size_t signature_offset(const std::string& head) {
  static const std::regex blank(R"(^(\s|(public|protected|private):)*)");
  std::smatch match;
  std::regex_search(head, match, blank);
  return static_cast<std::size_t>(match.length());
}

/// Preprocessor lines would look like code to the brace walk.
std::string without_directives(const std::string& code) {
  std::string result = code;
  bool directive = false;
  for (std::size_t i = 0, begin = 0; i < result.size(); ++i) {
    if (result[i] == '\n') {
      directive = directive && i > 0 && result[i - 1] == '\\';
      begin = i + 1;
    } else {
      if (i == begin && result[i] == '#') directive = true;
      if (directive && result[i] != '\\') result[i] = ' ';
    }
  }
  return result;
}

}  // namespace

Violations check_file_length(const SourceFile& file) {
  const int lines = file.line_count();
  if (file.in("include") && lines > public_header_lines) {
    return {{file.path, 0, std::to_string(lines) + " lines; a public header has at most 150"}};
  }
  if (lines >= file_lines_limit) return {{file.path, 0, std::to_string(lines) + " lines; a file has fewer than 300"}};
  return {};
}

Violations check_function_lengths(const SourceFile& file) {
  Violations violations;
  const std::string code = without_directives(file.code);
  std::size_t head = 0;
  for (std::size_t i = 0; i < code.size(); ++i) {
    if (code[i] == ';' || code[i] == '}') head = i + 1;
    if (code[i] != '{') continue;
    const std::string before = code.substr(head, i - head);
    const std::size_t close = closing_bracket(code, i);
    if (close == std::string::npos) break;
    if (opens_function(before)) {
      head += signature_offset(before);
      const int lines = file.line_of(close) - file.line_of(head) + 1;
      const bool too_long = lines >= function_lines_limit;
      if (too_long)
        violations.push_back({file.path, file.line_of(head),
                              "function of " + std::to_string(lines) + " lines; a function has fewer than 40"});
      i = close;
      head = i + 1;
    } else if (opens_container(before)) {
      head = i + 1;
    } else {
      i = close;  // an initialiser: its head goes on behind it
    }
  }
  return violations;
}

}  // namespace pgfill::structure
