#include "parse/sql_scan.h"

#include <pg_query.h>

#include <algorithm>
#include <cstdint>
#include <memory>
#include <optional>

#include "parse/sql_name.h"

namespace pgfill::parse {

namespace {

/// Reads the protobuf wire format (varints and length-delimited fields, all that a scan result holds). By hand because
/// the library's generated header needs protobuf-c's, which Debian ships elsewhere.
class WireReader {
 public:
  explicit WireReader(std::string_view bytes) : bytes_(bytes) {}

  bool next_field() {
    if (at_ >= bytes_.size()) return false;
    const std::uint64_t tag = varint();
    field_ = tag >> 3U;
    const bool delimited = (tag & 7U) == 2U;
    number_ = varint();
    content_ = {};
    if (delimited) {
      content_ = bytes_.substr(std::min(at_, bytes_.size()), number_);
      at_ += number_;
    }
    return true;
  }
  std::uint64_t field() const { return field_; }
  std::uint64_t number() const { return number_; }
  std::string_view content() const { return content_; }

 private:
  std::uint64_t varint() {
    std::uint64_t value = 0;
    for (unsigned shift = 0; at_ < bytes_.size() && shift < 64; shift += 7) {
      const auto byte = static_cast<unsigned char>(bytes_[at_++]);
      value |= static_cast<std::uint64_t>(byte & 0x7FU) << shift;
      if ((byte & 0x80U) == 0) break;
    }
    return value;
  }

  std::string_view bytes_;
  std::size_t at_ = 0;
  std::uint64_t field_ = 0;
  std::uint64_t number_ = 0;
  std::string_view content_;
};

/// Behind the last byte of a U&'…' or U&"…" that begins at `begin`; `begin` when none does. The scanner tells a wrong
/// end.
std::size_t end_of_unicode_quote(std::string_view text, std::size_t begin) {
  if (text.size() < begin + 4 || (text[begin] | 0x20) != 'u' || text[begin + 1] != '&') return begin;
  const char quote = text[begin + 2];
  if (quote != '\'' && quote != '"') return begin;
  for (std::size_t at = begin + 3; at < text.size(); ++at) {
    if (text[at] != quote) continue;
    if (at + 1 < text.size() && text[at + 1] == quote) {
      ++at;
      continue;
    }
    const std::size_t next = std::min(text.find_first_not_of(" \t\r\n\f", at + 1), text.size());
    const bool goes_on = quote == '\'' && next < text.size() && text[next] == quote &&
                         text.substr(at, next - at).find('\n') != std::string_view::npos;
    if (!goes_on) return at + 1;
    at = next;
  }
  return begin;
}

/// pg_query.proto: ScanToken {start = 1, end = 2, token = 4, keyword_kind = 5}; of the kinds 3 and 4 are reserved.
Token read_token(std::string_view bytes, std::string_view text) {
  Token token;
  for (WireReader reader(bytes); reader.next_field();) {
    if (reader.field() == 1) token.begin = reader.number();
    if (reader.field() == 2) token.end = reader.number();
    if (reader.field() == 5) token.keyword = reader.number() != 0;
    if (reader.field() == 5) token.reserved = reader.number() >= 3;
  }
  token.end = std::min(std::max(token.end, end_of_unicode_quote(text, token.begin)), text.size());
  token.begin = std::min(token.begin, token.end);
  token.text = text.substr(token.begin, token.end - token.begin);
  return token;
}

bool is_comment(const Token& token) {
  return token.text.starts_with("--") || token.text.starts_with("/*");
}

bool is_verbatim(const Token& token) {
  return token.text.find_first_of("'\"$") != std::string_view::npos;
}

SqlProblem too_long(std::size_t size) {
  SqlProblem problem;
  problem.code = ErrorCode::spec_too_large;
  problem.message =
      "an SQL text of " + std::to_string(size) + " bytes is longer than " + std::to_string(max_sql_bytes) + " bytes";
  problem.hint = "put long lists of values into a table and read them with a sub-select";
  return problem;
}

/// Why the scanner refuses the text, if it does.
std::optional<SqlProblem> scan_failure(const PgQueryScanResult& result, std::string_view text) {
  if (result.error == nullptr) return std::nullopt;
  SqlProblem problem;
  problem.code = ErrorCode::sql_syntax;
  problem.message = result.error->message;
  problem.hint = "check the quotes and signs of the SQL text";
  problem.offset = byte_offset(text, result.error->cursorpos);
  return problem;
}

/// How many bytes the name in an identifier token has; 0 for other tokens. The scanner itself cuts names at 63 bytes
/// without a word, so nobody behind it could tell.
std::size_t name_bytes(const Token& token) {
  const std::string_view text = token.text;
  if (text.starts_with('"')) {
    std::size_t bytes = text.size() - 2;
    for (std::size_t at = 1; at + 2 < text.size(); ++at) {
      if (text[at] != '"') continue;
      --bytes;
      ++at;
    }
    return bytes;
  }
  if (text.size() > 3 && text[1] == '&' && text[2] == '"') return text.size() - 4;  // at most as many
  const char first = text.empty() ? '0' : text.front();
  const bool letter = (first >= 'a' && first <= 'z') || (first >= 'A' && first <= 'Z') || first == '_' || first < 0;
  return letter && text.find('\'') == std::string_view::npos ? text.size() : 0;
}

std::optional<SqlProblem> check_name(const Token& token) {
  if (name_bytes(token) <= max_name_bytes) return std::nullopt;
  SqlProblem problem;
  problem.code = ErrorCode::name_too_long;
  problem.message = "a name of " + std::to_string(name_bytes(token)) + " bytes is longer than PostgreSQL's 63";
  problem.hint = "PostgreSQL cuts names at 63 bytes; write the name as the catalogue has it";
  problem.offset = token.begin;
  problem.length = token.end - token.begin;
  return problem;
}

/// Text that the scanner skipped and that is not white space: it misplaces some tokens, and what is cut by such places
/// would mean something else.
std::optional<SqlProblem> check_gap(std::string_view text, std::size_t begin, std::size_t end) {
  const std::size_t odd = text.find_first_not_of(" \t\r\n\f", begin);
  if (begin <= end && odd >= end) return std::nullopt;
  SqlProblem problem;
  problem.code = ErrorCode::sql_syntax;
  problem.message = "pgfill cannot read this part of the SQL text";
  problem.hint = "write it in another way, and report this with the text";
  problem.offset = std::min(begin, odd);
  return problem;
}

/// White space between two tokens: nothing, one blank, or a line break with the next line's indentation.
std::string tidy_gap(std::string_view gap) {
  if (gap.empty()) return {};
  const std::size_t line_end = gap.rfind('\n');
  if (line_end == std::string_view::npos) return " ";
  std::string indentation = "\n";
  for (const char c : gap.substr(line_end + 1)) {
    if (c != ' ' && c != '\t') break;
    indentation += c == '\t' ? "  " : " ";
  }
  return indentation;
}

}  // namespace

std::size_t byte_offset(std::string_view text, int position) {
  std::size_t at = 0;
  for (int left = position - 1; left > 0 && at < text.size(); --left) {
    ++at;
    while (at < text.size() && (static_cast<unsigned char>(text[at]) & 0xC0U) == 0x80U) ++at;
  }
  return at;
}

OrProblem<std::vector<Token>> scan_sql(std::string_view text, std::size_t most_bytes) {
  if (text.size() > most_bytes) return too_long(text.size());
  const std::string terminated(text);
  PgQueryScanResult raw = pg_query_scan(terminated.c_str());
  const std::unique_ptr<PgQueryScanResult, void (*)(PgQueryScanResult*)> guard(
      &raw, [](PgQueryScanResult* result) { pg_query_free_scan_result(*result); });
  if (const auto problem = scan_failure(raw, text)) return *problem;
  std::vector<Token> tokens;
  std::size_t end = 0;
  for (WireReader reader({raw.pbuf.data, raw.pbuf.len}); reader.next_field();) {
    if (reader.field() != 2) continue;
    const Token token = read_token(reader.content(), text);
    if (auto problem = check_gap(text, end, token.begin)) return *problem;
    end = token.end;
    if (is_comment(token)) continue;
    if (auto problem = check_name(token)) return *problem;
    tokens.push_back(token);
  }
  if (auto problem = check_gap(text, end, text.size())) return *problem;
  return tokens;
}

bool is_keyword(const Token& token, std::string_view word) {
  return token.keyword && fold_case(token.text) == word;
}

std::size_t token_length_at(const std::vector<Token>& tokens, std::size_t offset) {
  const auto token = std::lower_bound(tokens.begin(), tokens.end(), offset,
                                      [](const Token& left, std::size_t right) { return left.begin < right; });
  return token != tokens.end() && token->begin == offset ? token->end - token->begin : 1;
}

std::string tidy_text(std::string_view text, const std::vector<Token>& tokens) {
  std::string result;
  for (std::size_t index = 0; index < tokens.size(); ++index) {
    if (index > 0) {
      const std::size_t gap_begin = tokens[index - 1].end;
      result += tidy_gap(text.substr(gap_begin, tokens[index].begin - gap_begin));
    }
    result += tokens[index].text;
  }
  return result;
}

std::string canonical_sql(std::string_view text) {
  const auto scanned = scan_sql(text);
  if (problem_in(scanned) != nullptr) return std::string(text);
  std::string result;
  for (const Token& token : std::get<std::vector<Token>>(scanned)) {
    if (!result.empty()) result += ' ';
    result += is_verbatim(token) ? std::string(token.text) : fold_case(token.text);
  }
  return result;
}

}  // namespace pgfill::parse
