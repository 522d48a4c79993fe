// One source file as the rules of this folder see it: its lines, its code with comments and literals blanked out, and
// its string literals. A lexer of the few tokens that matter; it does not parse C++ and knows no preprocessor.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace pgfill::structure {

/// One string literal, raw or not, without its quotes; escapes are left as they are.
struct Literal {
  int line = 0;  ///< of its opening quote, counted from 1
  std::string text;
};

/// What a rule complains about.
struct Violation {
  std::string path;
  int line = 0;  ///< counted from 1; 0 = the file as a whole
  std::string complaint;
};
using Violations = std::vector<Violation>;

/// `code` has exactly the lines and columns of `text`.
struct SourceFile {
  SourceFile(std::string path, std::string text);

  std::string path;  ///< relative to the project, with forward slashes
  std::string text;
  std::string code;  ///< comments, and the contents of string and character literals, are spaces
  std::vector<Literal> literals;

  int line_of(std::size_t position) const;  ///< counted from 1
  int line_count() const;
  bool in(std::string_view folder) const { return path.starts_with(std::string(folder) + "/"); }
};

/// Position of the bracket that closes the one at `open`, or npos. `code` is blanked code.
std::size_t closing_bracket(std::string_view code, std::size_t open);

}  // namespace pgfill::structure
