#include <regex>

#include "rules.h"

namespace pgfill::structure {
namespace {

/// Five characters that could be an SQLSTATE: of a class that PostgreSQL or pgfill has, with its pattern behind it.
bool is_sqlstate(const std::string& text) {
  static const std::regex state(R"((\d\d|0[A-Z]|2[BDF]|3[BDF]|F0|HV|P0|PF|XX)(\d\d[0-9A-Z]|P\d\d|[A-Z]\d\d))");
  return std::regex_match(text, state);
}

}  // namespace

Violations check_no_reading_of_failures(const SourceFile& file) {
  static const std::regex reading(
      R"(sqlstate(\(\))?\s*([=!]=|\.\s*(starts_with|ends_with|substr|find|compare)\b))"
      R"(|(\bwhat\(\)|\bmessage(\(\))?|\bdetail\(\)|\bhint\(\))\s*\.\s*(find|starts_with|ends_with|substr|compare)\b)"
      R"(|std::string_view\(\w+(->|\.)what\(\)\))");
  Violations violations;
  // The words of a person's screen may ask what a message says already.
  if (file.in("engine/postgres") || file.in("engine/report")) return violations;
  for (auto match = std::sregex_iterator(file.code.begin(), file.code.end(), reading); match != std::sregex_iterator();
       ++match) {
    violations.push_back({file.path, file.line_of(static_cast<std::size_t>(match->position())),
                          "reads a state or a message: ask for the failure's class or condition"});
  }
  for (const Literal& literal : file.literals) {
    if (is_sqlstate(literal.text))
      violations.push_back({file.path, literal.line, "an SQLSTATE: name it in postgres::Condition"});
  }
  return violations;
}

}  // namespace pgfill::structure
