#include "report/quantity.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <string_view>

namespace pgfill::report {

namespace {

double finite_share(double share) {
  return std::isfinite(share) ? std::clamp(share, 0.0, 1.0) : 0.0;
}

/// A number that would round up to the next unit belongs to the next unit: 999,950 is "1.00M", not "1000k".
constexpr double rounds_up = 0.9995;

/// An estimate deserves no tenths of a second.
std::string whole_seconds(std::chrono::seconds length) {
  return length < std::chrono::seconds{10} ? fmt::format("{}s", std::max<std::int64_t>(length.count(), 0))
                                           : duration(length);
}

}  // namespace

std::string exact_count(std::int64_t count) {
  std::string digits = fmt::format("{}", count);
  const std::ptrdiff_t first = count < 0 ? 1 : 0;
  for (auto at = static_cast<std::ptrdiff_t>(digits.size()) - 3; at > first; at -= 3)
    digits.insert(static_cast<std::size_t>(at), ",");
  return digits;
}

std::string short_count(double count) {
  if (!(count > 0)) return "0";
  if (!std::isfinite(count)) return "unknown";
  if (count < 1e3 * rounds_up) return fmt::format("{:.0f}", count);
  if (count < 1e5 * rounds_up) return fmt::format("{:.1f}k", count / 1e3);
  if (count < 1e6 * rounds_up) return fmt::format("{:.0f}k", count / 1e3);
  if (count < 1e9 * rounds_up) return fmt::format("{:.2f}M", count / 1e6);
  return fmt::format("{:.2f}G", count / 1e9);
}

std::string row_rate(double rows_per_second) {
  return short_count(rows_per_second) + " rows/s";
}

std::string duration(std::chrono::microseconds length) {
  const double milliseconds = std::max(0.0, static_cast<double>(length.count()) / 1e3);
  if (milliseconds == 0) return "0ms";
  if (milliseconds < 9.95) return fmt::format("{:.1f}ms", milliseconds);
  if (milliseconds < 999.5) return fmt::format("{:.0f}ms", milliseconds);
  if (milliseconds < 9'950) return fmt::format("{:.1f}s", milliseconds / 1e3);
  const auto seconds = static_cast<std::int64_t>(std::llround(milliseconds / 1e3));
  if (seconds < 60) return fmt::format("{}s", seconds);
  if (seconds < 3'600) return fmt::format("{}m{:02}s", seconds / 60, seconds % 60);
  if (seconds < 86'400) return fmt::format("{}h{:02}m", seconds / 3'600, seconds / 60 % 60);
  return fmt::format("{}d{:02}h", seconds / 86'400, seconds / 3'600 % 24);
}

std::string size(std::int64_t bytes) {
  if (bytes < 1024) return counted(std::max<std::int64_t>(bytes, 0), "byte");
  constexpr std::array<std::string_view, 5> units{"KiB", "MiB", "GiB", "TiB", "PiB"};
  double amount = static_cast<double>(bytes) / 1024;
  std::size_t unit = 0;
  while (amount >= 1023.95 && unit + 1 < units.size()) {
    amount /= 1024;
    ++unit;
  }
  return fmt::format("{:.1f} {}", amount, units[unit]);
}

std::string percentage(double share) {
  return fmt::format("{:.1f}%", std::floor(finite_share(share) * 1000 + 1e-9) / 10);
}

std::string time_left(std::optional<std::chrono::seconds> shortest, std::optional<std::chrono::seconds> longest) {
  if (!shortest || !longest) return "ETA unknown";
  const std::string from = whole_seconds(std::min(*shortest, *longest));
  const std::string to = whole_seconds(std::max(*shortest, *longest));
  return from == to ? "ETA " + from : fmt::format("ETA {}-{}", from, to);
}

std::string bar(double share, int cells) {
  const auto width = static_cast<std::size_t>(std::max(cells, 1));
  const auto filled = static_cast<std::size_t>(std::floor(finite_share(share) * static_cast<double>(width) + 1e-9));
  return "[" + std::string(filled, '#') + std::string(width - filled, '-') + "]";
}

std::string counted(std::int64_t count, const std::string& noun) {
  const bool sibilant = noun.ends_with("tch") || noun.ends_with('s');
  return exact_count(count) + " " + noun + (count == 1 ? "" : sibilant ? "es" : "s");
}

}  // namespace pgfill::report
