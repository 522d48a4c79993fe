// Quantities as people write them in a spec, each with its unit: sizes 16MiB, rates 40MiB/s, percents 20%, counts a
// minute 4/min. No bare numbers, no fractions. Durations have a file of their own.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace pgfill::spec {

/// The quantities of this file.
enum class Measure {
  size,        ///< in bytes
  rate,        ///< in bytes a second
  percent,     ///< in percent
  per_minute,  ///< in events a minute
};

/// The number in the measure's unit; nothing when it is not written as above or passes 2^53.
std::optional<std::int64_t> parse_quantity(Measure measure, std::string_view text);

/// What to write instead of a text that is none.
std::string quantity_advice(Measure measure, std::string_view text);

/// The shortest exact spelling: 1536KiB, 2GiB, 40MiB/s, 20%, 4/min.
std::string format_quantity(Measure measure, std::int64_t number);

/// What a legal one looks like, for the JSON Schema: without ^ and $.
std::string_view quantity_pattern(Measure measure);

}  // namespace pgfill::spec
