#include "report/style.h"

#include <algorithm>

namespace pgfill::report {

namespace {

constexpr std::size_t gap = 3;

std::string_view escape_of(Paint paint) {
  switch (paint) {
    case Paint::bold:
      return "\033[1m";
    case Paint::dim:
      return "\033[2m";
    case Paint::red:
      return "\033[31m";
    case Paint::green:
      return "\033[32m";
    case Paint::yellow:
      return "\033[33m";
    case Paint::cyan:
      return "\033[36m";
  }
  return "";
}

bool continues_code_point(char byte) {
  return (static_cast<unsigned char>(byte) & 0xC0U) == 0x80U;
}

/// Bytes of the first `width` columns of the text.
std::size_t bytes_of(std::string_view text, std::size_t width) {
  std::size_t at = 0;
  for (std::size_t column = 0; at < text.size(); ++at) {
    if (continues_code_point(text[at])) continue;
    if (column++ == width) break;
  }
  return at;
}

/// Takes the longest beginning that fits `width` columns, broken at a space when there is one.
std::string take_line(std::string_view& rest, std::size_t width) {
  std::size_t end = bytes_of(rest, width);
  if (end < rest.size()) {
    const std::size_t space = rest.substr(0, end + 1).rfind(' ');
    if (space != std::string_view::npos && space > 0) end = space;
  }
  std::string line(rest.substr(0, end));
  rest.remove_prefix(end);
  rest.remove_prefix(std::min(rest.find_first_not_of(' '), rest.size()));
  return line;
}

}  // namespace

std::string painted(std::string_view text, Paint paint, bool colour) {
  if (!colour || text.empty()) return std::string(text);
  return std::string(escape_of(paint)).append(text).append("\033[0m");
}

std::size_t columns(std::string_view text) {
  return text.size() - static_cast<std::size_t>(std::count_if(text.begin(), text.end(), continues_code_point));
}

std::string one_line(std::string_view text) {
  std::string line(text);
  std::replace_if(
      line.begin(), line.end(), [](char byte) { return static_cast<unsigned char>(byte) < 0x20U || byte == 0x7F; },
      ' ');
  return line;
}

std::string cut(std::string_view text, std::size_t width) {
  if (columns(text) <= width) return std::string(text);
  constexpr std::string_view mark = "...";
  if (width <= mark.size()) return std::string(text.substr(0, bytes_of(text, width)));
  return std::string(text.substr(0, bytes_of(text, width - mark.size()))).append(mark);
}

std::vector<std::string> lay_out(std::string_view label, const std::vector<std::string>& pieces, std::size_t width) {
  const std::size_t indent = std::min(columns(label), width / 2);
  const std::size_t room = std::max<std::size_t>(width - indent, 1);
  std::vector<std::string> lines{cut(label, indent)};
  std::size_t used = 0;
  for (const std::string& piece : pieces) {
    if (piece.empty()) continue;
    if (used > 0 && used + gap + columns(piece) <= room) {
      lines.back().append(gap, ' ').append(piece);
      used += gap + columns(piece);
      continue;
    }
    for (std::string_view rest = piece; !rest.empty();) {
      if (used > 0) lines.emplace_back(indent, ' ');
      lines.back().append(take_line(rest, room));
      used = columns(lines.back()) - indent;
    }
  }
  return lines;
}

std::string table(const std::vector<std::vector<std::string>>& rows, const std::vector<std::size_t>& right) {
  std::vector<std::size_t> widths;
  for (const auto& row : rows) {
    widths.resize(std::max(widths.size(), row.size()));
    for (std::size_t column = 0; column < row.size(); ++column)
      widths[column] = std::max(widths[column], columns(row[column]));
  }
  std::string text;
  for (const auto& row : rows) {
    std::string line;
    for (std::size_t column = 0; column < row.size(); ++column) {
      const std::string padding(widths[column] - columns(row[column]), ' ');
      const bool to_right = std::find(right.begin(), right.end(), column) != right.end();
      line += to_right ? padding + row[column] : row[column] + padding;
      line += "  ";
    }
    line.erase(line.find_last_not_of(' ') + 1);
    text += line + "\n";
  }
  return text;
}

}  // namespace pgfill::report
