#include <iterator>
#include <regex>
#include <sstream>
#include <string>
#include <vector>

#include "rules.h"

namespace pgfill::structure {
namespace {

/// Where statements are built that know the ledger and the rows of a job's table.
bool builds_statements_of_rows(const SourceFile& file) {
  return file.path == "engine/ledger/row_statements.cpp" || file.path == "engine/ledger/row_condition.cpp";
}

}  // namespace

Violations check_no_sql_text(const SourceFile& file) {
  // A statement, not a message that mentions one: the keyword begins the literal and what must follow it follows. DDL
  // is left out, because hints are full of it.
  static const std::regex statement(
      R"(^\s*(SELECT\s(?!INTO\b)|INSERT INTO\s|DELETE FROM\s|WITH \w+ AS|UPDATE [\w."$]+ SET\s))");
  Violations violations;
  // A kind says the statement of its batches. The rig and the demo play the application. The frames of spec and parse
  // are parsed and never sent: they have no connection.
  for (const std::string folder : {"sql", "kinds", "rig", "demo", "spec", "parse"}) {
    if (file.in("engine/" + folder)) return violations;
  }
  if (builds_statements_of_rows(file)) return violations;
  for (const Literal& literal : file.literals) {
    if (std::regex_search(literal.text, statement)) {
      violations.push_back({file.path, literal.line, "SQL statement in a literal: make it a .sql file"});
    }
  }
  return violations;
}

Violations check_ledger_owns_its_tables(std::string_view path, std::string_view text) {
  static const std::regex table(R"(\b(FROM|INTO|UPDATE|JOIN|USING)\s+pgfill\.[a-z])");
  Violations violations;
  // The rig looks at the ledger as a person would, to check it.
  if (path.starts_with("engine/ledger/") || path.starts_with("engine/rig/")) return violations;
  if (std::regex_search(text.begin(), text.end(), table))
    violations.push_back({std::string(path), 0, "touches a table of the ledger: put the statement into engine/ledger"});
  return violations;
}

Violations check_kinds_are_asked(const SourceFile& file) {
  static const std::regex question(R"(\bdeletes\(\)|<\s*(pgfill::)?(Update|Delete)\s*>)");
  static const std::regex statement(R"(\bUPDATE\b)");
  Violations violations;
  // They read, and write down, what a spec says.
  const bool reads = file.in("engine/spec") || file.in("engine/kinds") || file.path == "engine/report/spec_json.cpp";
  for (auto match = std::sregex_iterator(file.code.begin(), file.code.end(), question);
       !reads && match != std::sregex_iterator(); ++match) {
    violations.push_back({file.path, file.line_of(static_cast<std::size_t>(match->position())),
                          "asks which kind a job is of: make it a question of kinds::Kind"});
  }
  for (const std::string folder : {"run", "work", "schedule", "control", "ledger", "throttle", "report", "library"}) {
    if (!file.in("engine/" + folder) || builds_statements_of_rows(file)) continue;
    for (const Literal& literal : file.literals) {
      if (std::regex_search(literal.text, statement))
        violations.push_back({file.path, literal.line, "names the statement of one kind of job"});
    }
  }
  return violations;
}

namespace {

/// Paragraphs and list items, each as one line.
std::vector<std::string> paragraphs_of(std::string_view markdown) {
  std::istringstream stream{std::string(markdown)};
  std::vector<std::string> paragraphs(1);
  bool code = false;
  for (std::string line; std::getline(stream, line);) {
    if (line.starts_with("```")) code = !code;
    const bool prose = !code && !line.empty() && line.find_first_of("`|#") != 0;
    const bool item = line.starts_with("- ");
    if (!prose || item) paragraphs.emplace_back();
    if (prose || (!code && line.starts_with('`') && !line.starts_with("```")))
      paragraphs.back() += (item ? line.substr(2) : line) + " ";
  }
  return paragraphs;
}

}  // namespace

Violations check_sentences(std::string_view path, std::string_view markdown) {
  static const std::regex end(R"([.!?:]\**\s)");
  Violations violations;
  for (const std::string& paragraph : paragraphs_of(markdown)) {
    for (std::sregex_token_iterator at(paragraph.begin(), paragraph.end(), end, -1), none; at != none; ++at) {
      std::istringstream words(*at);
      const auto count = std::distance(std::istream_iterator<std::string>(words), {});
      if (count > sentence_words) {
        violations.push_back({std::string(path), 0, std::to_string(count) + " words in one sentence: " + at->str()});
      }
    }
  }
  return violations;
}

Violations check_no_version_comparison(const SourceFile& file) {
  static const std::regex comparison(
      R"(server_version\w*(\(\))?\s*([<>]|[=!]=|/)|([^-][<>]=?|[=!]=)\s*[\w.]*(->)?server_version)"
      R"(|server_version_num|\b1\d'?0000\b)");
  Violations violations;
  if (file.path.starts_with("engine/postgres/server_version.")) return violations;
  for (auto match = std::sregex_iterator(file.code.begin(), file.code.end(), comparison);
       match != std::sregex_iterator(); ++match) {
    violations.push_back({file.path, file.line_of(static_cast<std::size_t>(match->position())),
                          "compares server versions: ask postgres::has"});
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
