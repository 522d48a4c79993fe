#include <regex>
#include <string>

#include "rules.h"

namespace pgfill::structure {

Violations check_no_sql_text(const SourceFile& file) {
  // A statement, not a message that mentions one: the keyword begins the literal and what must follow it follows. DDL
  // is left out, because hints are full of it.
  static const std::regex statement(
      R"(^\s*(SELECT\s(?!INTO\b)|INSERT INTO\s|DELETE FROM\s|WITH \w+ AS|UPDATE [\w."$]+ SET\s))");
  Violations violations;
  // The rig and the demo play the application. The frames of spec and parse are parsed and never sent: they have no
  // connection.
  for (const std::string folder : {"sql", "rig", "demo", "spec", "parse"}) {
    if (file.in("engine/" + folder)) return violations;
  }
  for (const Literal& literal : file.literals) {
    if (std::regex_search(literal.text, statement)) {
      violations.push_back({file.path, literal.line, "SQL statement in a literal: make it a .sql file"});
    }
  }
  return violations;
}

Violations check_header_opening(const SourceFile& file) {
  if (!file.path.ends_with(".h")) return {};
  Violations violations;
  if (!file.text.starts_with("// ")) violations.push_back({file.path, 1, "the first line does not say what it is"});
  if (file.text.find("\n#pragma once\n") == std::string::npos) {
    violations.push_back({file.path, 1, "#pragma once is missing"});
  }
  return violations;
}

}  // namespace pgfill::structure
