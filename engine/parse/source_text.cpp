#include "parse/source_text.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <utility>

namespace pgfill::parse {

namespace {

constexpr std::size_t longest_excerpt = 200;
constexpr std::size_t longest_quote = 120;

bool is_continuation(std::string_view text, std::size_t at) {
  return at < text.size() && (static_cast<unsigned char>(text[at]) & 0xC0U) == 0x80U;
}

/// Length of the well-formed UTF-8 sequence at `at`, or 0. RFC 3629 section 4: no overlong forms, no surrogates.
std::size_t sequence_length(std::string_view text, std::size_t at) {
  const auto byte = [&](std::size_t index) {
    return index < text.size() ? static_cast<unsigned char>(text[index]) : static_cast<unsigned char>(0);
  };
  const unsigned first = byte(at);
  const unsigned second = byte(at + 1);
  if (first < 0x80U) return 1;
  if (first < 0xC2U || first > 0xF4U || !is_continuation(text, at + 1)) return 0;
  if (first < 0xE0U) return 2;
  if (!is_continuation(text, at + 2)) return 0;
  if ((first == 0xE0U && second < 0xA0U) || (first == 0xEDU && second > 0x9FU)) return 0;
  if (first < 0xF0U) return 3;
  if (!is_continuation(text, at + 3)) return 0;
  if ((first == 0xF0U && second < 0x90U) || (first == 0xF4U && second > 0x8FU)) return 0;
  return 4;
}

/// C0 and C1 controls other than tab and line ends; they could drive the terminal that shows a message.
bool is_forbidden_control(std::string_view text, std::size_t at) {
  const auto first = static_cast<unsigned char>(text[at]);
  if (first < 0x20U) {
    const bool line_end = first == '\n' || (first == '\r' && at + 1 < text.size() && text[at + 1] == '\n');
    return first != '\t' && !line_end;
  }
  if (first == 0x7FU) return true;
  return first == 0xC2U && at + 1 < text.size() && static_cast<unsigned char>(text[at + 1]) < 0xA0U;
}

std::string hexadecimal(unsigned char byte) {
  std::array<char, 8> buffer{};
  std::snprintf(buffer.data(), buffer.size(), "%02X", static_cast<unsigned>(byte));
  return buffer.data();
}

std::string describe_control(std::string_view text, std::size_t at) {
  const auto byte = static_cast<unsigned char>(text[at]);
  if (byte == 0) return "a NUL byte";
  if (byte == '\r') return "a carriage return without a line feed";
  return "the control character U+00" +
         hexadecimal(static_cast<unsigned char>(byte == 0xC2U ? text[at + 1] : text[at]));
}

}  // namespace

SourceText::SourceText(std::string file, std::string_view text) : file_(std::move(file)), text_(text) {
  line_starts_.push_back(0);
  for (std::size_t at = 0; at < text_.size(); ++at) {
    if (text_[at] == '\n') line_starts_.push_back(at + 1);
  }
}

std::optional<Error> SourceText::check(ErrorCode code) const {
  Error error;
  error.code = code;
  for (std::size_t at = 0; at < text_.size();) {
    const std::size_t length = sequence_length(text_, at);
    const bool control = length != 0 && is_forbidden_control(text_, at);
    if (length != 0 && !control) {
      at += length;
      continue;
    }
    error.message = control ? "the text holds " + describe_control(text_, at)
                            : "the text is not UTF-8: byte 0x" + hexadecimal(static_cast<unsigned char>(text_[at]));
    error.hint = control ? "remove it, or write it as an escape inside quotes" : "save the text as UTF-8";
    error.place = place(at);
    error.place.line_text.clear();  // it must not reach a terminal
    return error;
  }
  return std::nullopt;
}

SourcePlace SourceText::place(std::size_t offset, std::size_t length) const {
  offset = std::min(offset, text_.size());
  const std::size_t index = line_of(offset);
  const std::string_view text = line(index);
  SourcePlace place;
  place.file = file_;
  place.line = static_cast<int>(index) + 1;
  const std::size_t column = offset - line_starts_[index];
  place.column = static_cast<int>(column) + 1;
  const std::size_t room = column < text.size() ? text.size() - column : 1;
  place.length = static_cast<int>(std::clamp<std::size_t>(length, 1, room));
  if (text.size() <= longest_excerpt) place.line_text = text;
  return place;
}

std::size_t SourceText::offset_of(std::size_t line, std::size_t column) const {
  if (line >= line_starts_.size()) return text_.size();
  return std::min(line_starts_[line] + column, text_.size());
}

std::string_view SourceText::line(std::size_t line) const {
  if (line >= line_starts_.size()) return {};
  const std::size_t begin = line_starts_[line];
  std::size_t end = line + 1 < line_starts_.size() ? line_starts_[line + 1] - 1 : text_.size();
  if (end > begin && text_[end - 1] == '\r') --end;
  return text_.substr(begin, end - begin);
}

std::size_t SourceText::line_of(std::size_t offset) const {
  const auto after = std::upper_bound(line_starts_.begin(), line_starts_.end(), offset);
  return static_cast<std::size_t>(after - line_starts_.begin()) - 1;
}

std::string in_quotes(std::string_view text) {
  std::string result = "\"";
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t length = sequence_length(text, at);
    if (at + length > longest_quote) {
      result += "...";
      break;
    }
    if (text[at] == '\n' || text[at] == '\r' || text[at] == '\t' || length == 0 || is_forbidden_control(text, at)) {
      result += text[at] == '\n' ? "\\n" : "\\x" + hexadecimal(static_cast<unsigned char>(text[at]));
      ++at;  // the rest of a C1 control is a lone continuation byte, escaped in its turn
      continue;
    }
    result += text.substr(at, length);
    at += length;
  }
  return result + "\"";
}

}  // namespace pgfill::parse
