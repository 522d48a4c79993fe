// Ranges of keys. Keys travel as text in the server's own output format under pinned settings (ISO dates, UTC, full
// float digits); only the server compares them. Value types; safe to copy between threads.
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace pgfill {

/// One key: a text value for each key column, in key order. Never holds NULL.
using Key = std::vector<std::string>;

/// A half-open interval of keys: `lower` itself is excluded, `upper` included. Absent = unbounded on that side.
struct KeyRange {
  std::optional<Key> lower;
  std::optional<Key> upper;
};

}  // namespace pgfill
