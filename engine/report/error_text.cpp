#include "report/error_text.h"

#include <fmt/format.h>

#include <algorithm>

#include "report/json.h"
#include "report/style.h"

namespace pgfill::report {

namespace {

/// The part of a line that is shown: a statement on one line may be far wider than any terminal.
struct Excerpt {
  std::string text;
  std::size_t underline_at = 0;  ///< in columns
  std::size_t underline_length = 1;
};

constexpr std::size_t widest_excerpt = 96;

/// The byte where a code point begins, at or before `at`.
std::size_t code_point_begin(const std::string& text, std::size_t at) {
  while (at > 0 && at < text.size() && (static_cast<unsigned char>(text[at]) & 0xC0U) == 0x80U) --at;
  return at;
}

Excerpt excerpt_of(const SourcePlace& place) {
  const std::string line = one_line(place.line_text);
  const std::size_t at = std::min(static_cast<std::size_t>(std::max(place.column - 1, 0)), line.size());
  const std::size_t end = std::min(line.size(), at + static_cast<std::size_t>(std::max(place.length, 1)));
  std::size_t from = 0;
  std::size_t to = line.size();
  if (columns(line) > widest_excerpt) {
    from = code_point_begin(line, at > widest_excerpt / 2 ? at - widest_excerpt / 2 : 0);
    to = code_point_begin(line, std::min(line.size(), from + widest_excerpt));
  }
  Excerpt excerpt;
  const std::string before = from > 0 ? "..." : "";
  excerpt.text = before + line.substr(from, to - from) + (to < line.size() ? "..." : "");
  excerpt.underline_at = columns(before) + columns(line.substr(from, at - from));
  excerpt.underline_length = std::max<std::size_t>(1, columns(line.substr(at, std::min(end, to) - std::min(at, to))));
  return excerpt;
}

std::string excerpt_lines(const Error& error, bool colour) {
  const Excerpt excerpt = excerpt_of(error.place);
  const std::string marks(excerpt.underline_length, '^');
  const std::string remark = error.remark.empty() ? "" : " " + one_line(error.remark);
  return fmt::format("{:>5} | {}\n{:>5} | {}{}{}\n", error.place.line, excerpt.text, "",
                     std::string(excerpt.underline_at, ' '), painted(marks, Paint::red, colour), remark);
}

/// A value of several lines, its later lines indented below the first.
std::string labelled(std::string_view label, const std::string& text) {
  std::string lines(label);
  std::size_t from = 0;
  while (from <= text.size()) {
    const std::size_t end = std::min(text.find('\n', from), text.size());
    if (from > 0) lines.append(label.size(), ' ');
    lines += one_line(std::string_view(text).substr(from, end - from)) + "\n";
    from = end + 1;
  }
  return lines;
}

}  // namespace

std::string format_error(const Error& error, bool colour) {
  const bool placed = error.place.line > 0;
  std::string text;
  if (placed) {
    text += fmt::format("{}:{}:{}: ", one_line(error.place.file), error.place.line, std::max(error.place.column, 1));
  } else if (!error.place.file.empty()) {
    text += one_line(error.place.file) + ": ";
  }
  std::string message = error.message.empty() ? std::string(summary_of(error.code)) : error.message;
  if (!error.sqlstate.empty() && message.find(error.sqlstate) == std::string::npos)
    message += fmt::format(" (SQLSTATE {})", error.sqlstate);
  text += painted("error " + code_text(error.code) + ":", Paint::red, colour) + " " + labelled("", message);
  if (placed && !error.place.line_text.empty()) {
    text += excerpt_lines(error, colour);
  } else if (!error.remark.empty()) {
    text += labelled("       ", error.remark);
  }
  if (!error.state.empty()) text += labelled("state: ", error.state);
  if (!error.hint.empty()) text += labelled("hint:  ", error.hint);
  return text;
}

Error error_of(const Finding& finding) {
  Error error;
  error.code = finding.code;
  error.message = finding.text;
  error.hint = finding.remedy;
  error.state = "nothing was changed";
  return error;
}

}  // namespace pgfill::report
