// Numbers as people read them: counts, rates, durations, sizes, shares. Pure functions; English, ASCII, no locale.
// Does not decide which numbers are shown or where.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

namespace pgfill::report {

/// With thousands separators: "28,510,000".
std::string exact_count(std::int64_t count);
/// Three to four digits: "950", "6.8k", "480k", "28.51M", "1.20G". Negative and NaN count as 0.
std::string short_count(double count);
/// "6.8k rows/s".
std::string row_rate(double rows_per_second);
/// Two units at most: "0.4ms", "310ms", "1.9s", "42s", "12m05s", "1h05m", "2d03h". Negative counts as 0.
std::string duration(std::chrono::microseconds length);
/// "512 bytes", "6.0 KiB", "1.3 MiB".
std::string size(std::int64_t bytes);
/// "66.1%"; rounded down, so that 100.0% means all of it.
std::string percentage(double share);
/// "ETA 1h05m-1h24m"; one value when both read alike; "ETA unknown" when either is absent.
std::string time_left(std::optional<std::chrono::seconds> shortest, std::optional<std::chrono::seconds> longest);
/// "[################--------]" with `cells` cells; full only when share is 1.
std::string bar(double share, int cells);
/// "1 row", "2 rows": the count with separators and the noun in the right number.
std::string counted(std::int64_t count, const std::string& noun);

}  // namespace pgfill::report
