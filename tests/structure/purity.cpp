#include <map>
#include <regex>
#include <set>

#include "rules.h"

namespace pgfill::structure {
namespace {

using Files = std::map<std::string, const SourceFile*>;

/// Of the comment that a file begins with.
bool says_pure(const SourceFile& file) {
  static const std::regex opening(R"(^(//[^\n]*\n)*//[^\n]*\bPure\b)");
  return std::regex_search(file.text, opening, std::regex_constants::match_continuous);
}

/// What is not to be reached from a file that decides: in it, or by its includes.
void look_for_waiting(const SourceFile& file, const SourceFile& from, const Files& files, std::set<std::string>& seen,
                      Violations& violations) {
  static const std::regex include(R"(#include ["<]([^">\n]+)[">])");
  if (!seen.insert(file.path).second) return;
  for (std::sregex_iterator each(file.text.begin(), file.text.end(), include), end; each != end; ++each) {
    const std::string header = (*each)[1];
    if (header.starts_with("boost/asio/")) {
      violations.push_back({from.path, 0, "it is said to be pure, and reaches Asio by " + file.path});
    }
    for (const std::string folder : {"engine/", "include/"}) {
      const auto found = files.find(folder + header);
      if (found != files.end()) look_for_waiting(*found->second, from, files, seen, violations);
    }
  }
}

}  // namespace

Violations check_purity(const std::vector<SourceFile>& sources) {
  Files files;
  for (const SourceFile& file : sources) files[file.path] = &file;
  Violations violations;
  for (const SourceFile& header : sources) {
    if (!header.path.ends_with(".h") || !says_pure(header)) continue;
    const auto body = files.find(header.path.substr(0, header.path.size() - 1) + "cpp");
    for (const SourceFile* part : {&header, body == files.end() ? nullptr : body->second}) {
      if (part == nullptr) continue;
      std::set<std::string> seen;
      look_for_waiting(*part, *part, files, seen, violations);
      const std::size_t clock = part->code.find("Clock::now");
      if (clock == std::string::npos) continue;
      violations.push_back({part->path, part->line_of(clock), "it is said to be pure, and asks the clock"});
    }
  }
  return violations;
}

}  // namespace pgfill::structure
