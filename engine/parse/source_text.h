// The text of a spec or statement with its places: line, column, excerpt. Checks that it is text at all; knows neither
// YAML nor SQL.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "pgfill/error.h"

namespace pgfill::parse {

/// Largest spec file read, in bytes: the longest SQL, 1600 columns with long names, and as much again for comments.
inline constexpr std::size_t max_spec_bytes = std::size_t{256} * 1024;

/// A named text. Keeps a view: the text must outlive it. Immutable, so safe to read from several threads.
class SourceText {
 public:
  SourceText(std::string file, std::string_view text);

  std::string_view text() const { return text_; }

  /// Refuses what is not plain UTF-8 text: NUL and other control characters, lone carriage returns, broken UTF-8.
  std::optional<Error> check(ErrorCode code) const;

  /// The place of `length` bytes at `offset` (0-based; clamped to the text). Lines over 200 bytes get no excerpt.
  SourcePlace place(std::size_t offset, std::size_t length = 1) const;

  /// Offset of a place counted from 0; clamped to the text.
  std::size_t offset_of(std::size_t line, std::size_t column) const;

  /// The line's text without its line end; empty past the last line. `line` counts from 0.
  std::string_view line(std::size_t line) const;

  std::size_t line_of(std::size_t offset) const;

 private:
  std::string file_;
  std::string_view text_;
  std::vector<std::size_t> line_starts_;
};

/// The text in double quotes for a message: control characters escaped, long texts cut with "...".
std::string in_quotes(std::string_view text);

}  // namespace pgfill::parse
