// Cuts SQL into tokens with PostgreSQL's own scanner, so strings, dollar quotes and comments are what the server takes
// them for. Knows no grammar.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "parse/sql_problem.h"

namespace pgfill::parse {

/// Longest SQL text taken, in bytes. libpg_query's tree printer recurses without a guard: its worst text of this length
/// (a+a+a…) takes about half of the usual 8 MB of stack.
inline constexpr std::size_t max_sql_bytes = std::size_t{64} * 1024;

struct Token {
  std::size_t begin = 0;  ///< offset in the text
  std::size_t end = 0;    ///< behind the last byte
  bool keyword = false;   ///< a word of the grammar, unquoted
  bool reserved = false;  ///< a keyword that cannot name a table or column without quotes
  std::string_view text;  ///< views the scanned text
};

/// The tokens without the comments. Problems: sql_syntax, spec_too_large, name_too_long.
OrProblem<std::vector<Token>> scan_sql(std::string_view text, std::size_t most_bytes = max_sql_bytes);

/// True for the keyword, whatever its case; `word` in lower case.
bool is_keyword(const Token& token, std::string_view word);

/// How many bytes the token at `offset` has; 1 when none begins there.
std::size_t token_length_at(const std::vector<Token>& tokens, std::size_t offset);

/// The tokens' text with their white space, comments dropped, runs of blanks made one, line breaks kept. What the
/// tokens mean does not change: a comment becomes white space, and a string continued over lines is one token.
std::string tidy_text(std::string_view text, const std::vector<Token>& tokens);

/// The text with folded words and single blanks: equal for two spellings of one expression that differ in white space,
/// comments or the case of unquoted words only. Text that does not scan is returned as it is.
std::string canonical_sql(std::string_view text);

/// Byte offset of the 1-based character position that libpg_query reports in its errors.
std::size_t byte_offset(std::string_view text, int position);

}  // namespace pgfill::parse
