#include "cli/screen.h"

#include <algorithm>

#include "report/style.h"

namespace pgfill::cli {

namespace {

constexpr const char* erase_to_line_end = "\033[K";
constexpr const char* erase_to_screen_end = "\033[J";

/// Columns of a line that may hold colour escapes.
std::size_t visible_columns(const std::string& line) {
  std::string plain;
  for (std::size_t at = 0; at < line.size(); ++at) {
    if (line[at] == '\033') {
      at = std::min(line.find('m', at), line.size());
      continue;
    }
    plain += line[at];
  }
  return report::columns(plain);
}

}  // namespace

std::string Screen::to_top(std::size_t width) const {
  std::size_t rows = 0;
  for (const std::size_t shown : shown_)
    rows += std::max<std::size_t>(1, (shown + width - 1) / std::max<std::size_t>(width, 1));
  return rows == 0 ? "\r" : "\r\033[" + std::to_string(rows) + "A";
}

std::string Screen::frame(std::vector<std::string> lines, std::size_t width, std::size_t height) {
  const std::size_t most = std::max<std::size_t>(height, 2) - 1;
  if (lines.size() > most) lines.resize(most);
  std::string bytes = to_top(width);
  shown_.clear();
  for (const std::string& line : lines) {
    bytes += line + erase_to_line_end + "\n";
    shown_.push_back(visible_columns(line));
  }
  return bytes + erase_to_screen_end;
}

std::string Screen::above(const std::string& text, std::size_t width) {
  std::string bytes = to_top(width) + erase_to_screen_end + text;
  shown_.clear();
  return bytes;
}

}  // namespace pgfill::cli
