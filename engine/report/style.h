// Colours and line layout for text meant for a terminal. Pure functions; colour is never the only sign of anything.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace pgfill::report {

enum class Paint { bold, dim, red, green, yellow, cyan };

/// The text in ANSI escapes when `colour` is on, else unchanged.
std::string painted(std::string_view text, Paint paint, bool colour);

/// Columns the text takes on a terminal: its code points (UTF-8).
std::size_t columns(std::string_view text);
/// The text made harmless for one line of a terminal: control characters, escapes and line breaks become spaces.
std::string one_line(std::string_view text);
/// The text cut to `width` columns, with "..." at its end when something is missing.
std::string cut(std::string_view text, std::size_t width);

/// Lays `pieces` out behind `label`, three spaces apart, on as many lines of at most `width` columns as needed; later
/// lines are indented to the first piece. A piece longer than a line is broken at spaces. Empty pieces are left out.
std::vector<std::string> lay_out(std::string_view label, const std::vector<std::string>& pieces, std::size_t width);

/// Rows in columns, each as wide as its widest cell, two spaces apart. The first row is the heading. Cells of columns
/// named in `right` are aligned to the right.
std::string table(const std::vector<std::vector<std::string>>& rows, const std::vector<std::size_t>& right = {});

}  // namespace pgfill::report
