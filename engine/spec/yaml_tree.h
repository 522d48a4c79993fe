// Reads YAML text into a plain tree in which every node knows its place. Strict: no duplicate keys, merge keys,
// anchors, aliases, tags, second documents or deep nesting. Knows no fields of a spec.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "parse/source_text.h"
#include "pgfill/result.h"

namespace pgfill::spec {

inline constexpr std::size_t max_yaml_depth = 16;

/// A value of the document. `offset` is where it begins in the source.
struct YamlNode {
  enum class Kind { null, scalar, sequence, map };
  Kind kind = Kind::null;
  std::string text;             ///< of a scalar; of a null the word that was written (null, ~), empty for nothing
  std::vector<YamlNode> keys;   ///< of a map, scalars, parallel to `items`
  std::vector<YamlNode> items;  ///< of a map or sequence
  std::size_t offset = 0;
  std::size_t length = 1;  ///< bytes in the source's line, for underlining
};

/// Parses one document; an empty one is a null node. Errors: spec_syntax, spec_duplicate_field, spec_too_large, each
/// with its place. yaml-cpp's own quirks (unterminated quotes taken for closed) are refused here.
Result<YamlNode> read_yaml(const parse::SourceText& source);

/// The value under a key of a map, or null.
const YamlNode* find_value(const YamlNode& map, std::string_view key);

/// The place of the byte at `offset` of a scalar's text: exact for plain, quoted and literal block scalars written
/// without escapes, else the whole scalar's place.
SourcePlace place_in_scalar(const parse::SourceText& source, const YamlNode& scalar, std::size_t offset,
                            std::size_t length);

}  // namespace pgfill::spec
