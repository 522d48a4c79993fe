// Writes one text as a YAML scalar that reads back to exactly that text. Knows no fields.
#pragma once

#include <string>
#include <string_view>

namespace pgfill::spec {

/// On one line: plain where nothing can be mistaken, else in single or double quotes. Legal as key and as value, in
/// block and flow style. The text must be UTF-8 without control characters other than tab and line ends.
std::string yaml_scalar(std::string_view text);

/// As yaml_scalar, but texts of several lines become a literal block indented by `indentation` where that is exact.
/// Legal as the value of a block map only.
std::string yaml_value(std::string_view text, int indentation);

}  // namespace pgfill::spec
