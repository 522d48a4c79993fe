#include "dependency_table.h"

#include <sstream>
#include <vector>

namespace pgfill::structure {
namespace {

std::string stripped(const std::string& cell) {
  const std::size_t first = cell.find_first_not_of(" `");
  if (first == std::string::npos) return {};
  return cell.substr(first, cell.find_last_not_of(" `") - first + 1);
}

std::vector<std::string> split(const std::string& text, char separator) {
  std::vector<std::string> parts;
  std::istringstream stream(text);
  for (std::string part; std::getline(stream, part, separator);) parts.push_back(stripped(part));
  return parts;
}

std::set<std::string> names(const std::string& cell) {
  std::set<std::string> result;
  for (const std::string& name : split(cell, ',')) {
    if (!name.empty() && name != "nothing") result.insert(name);
  }
  return result;
}

}  // namespace

DependencyTable parse_dependency_table(std::string_view markdown) {
  DependencyTable table;
  std::istringstream stream{std::string(markdown)};
  bool inside = false;
  for (std::string line; std::getline(stream, line);) {
    if (line.starts_with("| folder |")) {
      inside = true;
    } else if (inside && !line.starts_with("|")) {
      break;
    } else if (inside && !line.starts_with("|-")) {
      // | folder | may include | third-party headers | what it is |
      const std::vector<std::string> cells = split(line, '|');
      if (cells.size() >= 4) table[cells[1]] = {names(cells[2]), names(cells[3])};
    }
  }
  return table;
}

}  // namespace pgfill::structure
