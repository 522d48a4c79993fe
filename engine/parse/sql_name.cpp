#include "parse/sql_name.h"

#include "parse/source_text.h"

namespace pgfill::parse {

namespace {

bool starts_name(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || static_cast<unsigned char>(c) >= 0x80U;
}

bool continues_name(char c) {
  return starts_name(c) || (c >= '0' && c <= '9') || c == '$';
}

Error bad_name(std::string_view text, std::string_view reason) {
  Error error;
  error.code = ErrorCode::spec_bad_value;
  error.message = in_quotes(text) + " is not a name: " + std::string(reason);
  error.hint = "write name or schema.name; a name with capitals, spaces or signs goes in double quotes, as in SQL";
  return error;
}

/// Reads a quoted part that begins at `at`; leaves `at` behind the closing quote. False when it never closes.
bool read_quoted_part(std::string_view text, std::size_t& at, std::string& part) {
  for (++at; at < text.size(); ++at) {
    if (text[at] != '"') {
      part += text[at];
    } else if (at + 1 < text.size() && text[at + 1] == '"') {
      part += text[at++];
    } else {
      ++at;
      return true;
    }
  }
  return false;
}

}  // namespace

std::string fold_case(std::string_view text) {
  std::string result(text);
  for (char& c : result) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return result;
}

Result<std::vector<std::string>> parse_name(std::string_view text) {
  std::vector<std::string> parts;
  for (std::size_t at = 0;; ++at) {
    std::string part;
    const std::size_t begin = at;
    if (at < text.size() && text[at] == '"') {
      if (!read_quoted_part(text, at, part)) return bad_name(text, "a double quote is not closed");
      if (part.empty()) return bad_name(text, "a part of it is empty");
    } else {
      while (at < text.size() && (at == begin ? starts_name(text[at]) : continues_name(text[at]))) ++at;
      part = fold_case(text.substr(begin, at - begin));
      if (part.empty() && (at == text.size() || text[at] == '.')) return bad_name(text, "a part of it is empty");
    }
    if (part.find('\0') != std::string::npos) return bad_name(text, "it holds a NUL byte");
    if (part.size() > max_name_bytes) {
      Error error = bad_name(text, "a part of it has " + std::to_string(part.size()) + " bytes");
      error.code = ErrorCode::name_too_long;
      error.hint = "PostgreSQL cuts names at 63 bytes; write the name as the catalogue has it";
      return error;
    }
    parts.push_back(std::move(part));
    if (at == text.size()) return parts;
    if (text[at] != '.') return bad_name(text, in_quotes(text.substr(at)) + " does not belong in an unquoted name");
  }
}

std::string quote_name(std::string_view name) {
  std::string result = "\"";
  for (const char c : name) {
    if (c == '"') result += '"';
    result += c;
  }
  return result + '"';
}

std::string write_name(std::string_view name) {
  bool plain = !name.empty();
  for (std::size_t at = 0; at < name.size(); ++at) {
    const char c = name[at];
    const bool capital = c >= 'A' && c <= 'Z';
    plain = plain && !capital && (at == 0 ? starts_name(c) : continues_name(c));
  }
  return plain ? std::string(name) : quote_name(name);
}

}  // namespace pgfill::parse
