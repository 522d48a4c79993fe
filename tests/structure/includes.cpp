#include <algorithm>
#include <array>
#include <map>
#include <regex>
#include <set>
#include <sstream>

#include "rules.h"

namespace pgfill::structure {
namespace {

struct Include {
  int line = 0;
  bool angled = false;
  std::string header;
};

std::vector<Include> includes_of(const SourceFile& file) {
  std::vector<Include> includes;
  std::istringstream stream(file.text);
  int number = 0;
  for (std::string line; std::getline(stream, line);) {
    ++number;
    if (!line.starts_with("#include ") || line.size() < 12) continue;
    const char close = line[9] == '<' ? '>' : '"';
    includes.push_back({number, close == '>', line.substr(10, line.find(close, 10) - 10)});
  }
  return includes;
}

std::string first_part(std::string_view path) {
  return std::string(path.substr(0, path.find('/')));
}

/// The row of the table a file belongs to: "include" for public headers and for the example that must do with them,
/// else the folder below engine/.
std::string folder_of(const SourceFile& file) {
  if (file.in("include") || file.in("tests/example")) return "include";
  const std::string below = file.path.substr(std::string_view("engine/").size());
  return below == "main.cpp" ? "main" : first_part(below);
}

/// What `pgfill_folder(name pgfill_other …)` says of each folder; async is open to all.
std::map<std::string, std::set<std::string>> links_of(std::string_view cmake) {
  static const std::regex call(R"(pgfill_folder\((\w+)([^)]*)\))");
  static const std::regex link(R"(\bpgfill_(\w+))");
  const std::string text(cmake);
  std::map<std::string, std::set<std::string>> links;
  for (std::sregex_iterator at(text.begin(), text.end(), call), end; at != end; ++at) {
    const std::string others = (*at)[2];
    if ((*at)[1] == "NAME") continue;
    std::set<std::string>& of_folder = links[(*at)[1]];
    for (std::sregex_iterator one(others.begin(), others.end(), link); one != end; ++one) of_folder.insert((*one)[1]);
    of_folder.erase("async");
  }
  return links;
}

bool is_standard(const std::string& header) {
  static constexpr std::array posix{"arpa/", "fcntl.h", "grp.h",    "netdb.h",   "netinet/", "poll.h",
                                    "pwd.h", "sys/",    "unistd.h", "termios.h", "signal.h", "time.h"};
  const bool plain = header.find_first_of("./") == std::string::npos;
  return plain ||
         std::any_of(posix.begin(), posix.end(), [&](std::string_view name) { return header.starts_with(name); });
}

bool allowed_library(const FolderRule& rule, const std::string& header) {
  return std::any_of(rule.libraries.begin(), rule.libraries.end(),
                     [&](const std::string& prefix) { return header.starts_with(prefix); });
}

bool allowed_folder(const FolderRule& rule, const std::string& own, const std::string& header) {
  const std::string target = first_part(header);
  // Fixed statements are nobody else's, unless the table names their header.
  if (target != own && header.ends_with("/statements.h")) return rule.may_include.contains(header);
  return target == own || target == "async" || rule.may_include.contains(target) || rule.may_include.contains(header);
}

}  // namespace

Violations check_includes(const SourceFile& file, const DependencyTable& table) {
  Violations violations;
  const std::string own = folder_of(file);
  const auto row = table.find(own);
  if (row == table.end() && own != "include") {
    return {{file.path, 0, "folder " + own + " has no row in the table of engine/README.md"}};
  }
  const FolderRule rule = row == table.end() ? FolderRule{} : row->second;
  for (const Include& include : includes_of(file)) {
    if ((include.angled && is_standard(include.header)) || include.header.starts_with("pgfill/")) continue;
    const bool folder = !include.angled && table.contains(first_part(include.header));
    const bool allowed =
        folder ? own != "include" && allowed_folder(rule, own, include.header) : allowed_library(rule, include.header);
    if (!allowed) violations.push_back({file.path, include.line, own + " may not include " + include.header});
  }
  return violations;
}

Violations check_table_is_used(const std::vector<SourceFile>& files, const DependencyTable& table) {
  std::map<std::string, std::vector<std::string>> included;
  for (const SourceFile& file : files) {
    std::vector<std::string>& of_folder = included[folder_of(file)];
    for (const Include& include : includes_of(file)) of_folder.push_back(include.header);
  }
  Violations violations;
  for (const auto& row : table) {
    const std::string& folder = row.first;
    const FolderRule& rule = row.second;
    const std::vector<std::string>& headers = included[folder];
    const auto complain = [&](const std::string& entry) {
      violations.push_back({"engine/README.md", 0, folder + " does not include " + entry + ", which its row allows"});
    };
    const auto used = [&](const std::string& prefix) {
      return std::any_of(headers.begin(), headers.end(),
                         [&](const std::string& one) { return one.starts_with(prefix); });
    };
    for (const std::string& entry : rule.may_include) {
      if (!used(entry.ends_with(".h") ? entry : entry + "/")) complain(entry);
    }
    for (const std::string& entry : rule.libraries) {
      if (!used(entry)) complain(entry);
    }
  }
  return violations;
}

Violations check_links(std::string_view cmake, const DependencyTable& table) {
  Violations violations;
  for (const auto& [folder, linked] : links_of(cmake)) {
    std::set<std::string> included;
    if (const auto row = table.find(folder); row != table.end()) {
      for (const std::string& entry : row->second.may_include) included.insert(first_part(entry));
    }
    for (const std::string& other : linked) {
      if (!included.contains(other))
        violations.push_back({"engine/CMakeLists.txt", 0, folder + " links " + other + " and may not include it"});
    }
    for (const std::string& other : included) {
      if (!linked.contains(other))
        violations.push_back({"engine/CMakeLists.txt", 0, folder + " may include " + other + " and does not link it"});
    }
  }
  return violations;
}

Violations check_single_user(const std::vector<SourceFile>& files, std::string_view prefix) {
  Violations violations;
  const SourceFile* user = nullptr;
  for (const SourceFile& file : files) {
    for (const Include& include : includes_of(file)) {
      if (!include.header.starts_with(prefix)) continue;
      if (!file.path.ends_with(".cpp")) {
        violations.push_back({file.path, include.line, include.header + " belongs into a .cpp file"});
      } else if (user != nullptr && user != &file) {
        violations.push_back({file.path, include.line, include.header + " is already included by " + user->path});
      }
      user = &file;
    }
  }
  return violations;
}

}  // namespace pgfill::structure
