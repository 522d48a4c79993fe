// The dependency table of engine/README.md as data: the document is the law. Reads Markdown; judges nothing.
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>

namespace pgfill::structure {

/// One row of the table.
struct FolderRule {
  std::set<std::string> may_include;  ///< folders, or single headers such as throttle/gate.h
  std::set<std::string> libraries;    ///< prefixes of third-party headers, such as boost/asio/ or libpq-fe.h
};

/// Folders of the table by name; `main` stands for engine/main.cpp.
using DependencyTable = std::map<std::string, FolderRule>;

/// Reads the first table whose header begins with "| folder |". Empty when there is none.
DependencyTable parse_dependency_table(std::string_view markdown);

}  // namespace pgfill::structure
