// Durations as people write them in a spec: 300ms, 2s, 1m, 4h, 7d. No bare numbers, no fractions, no sums.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace pgfill::spec {

/// What a legal duration looks like, for the JSON Schema.
inline constexpr std::string_view duration_pattern = "^[0-9]+(ms|s|m|h|d)$";

/// The duration, or nothing when it is not written as above or passes 10,000 days.
std::optional<std::chrono::milliseconds> parse_duration(std::string_view text);

/// What to write instead of a text that is no duration, for instance `write 200ms` for 200.
std::string duration_advice(std::string_view text);

/// The shortest exact spelling: 1500ms, 2s, 1m, 7d.
std::string format_duration(std::chrono::milliseconds duration);

}  // namespace pgfill::spec
