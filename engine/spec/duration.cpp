#include "spec/duration.h"

#include <array>
#include <charconv>
#include <cstdint>

namespace pgfill::spec {

namespace {

struct Unit {
  std::string_view name;
  std::int64_t milliseconds;
};

constexpr std::array<Unit, 5> units{{{"d", 86'400'000}, {"h", 3'600'000}, {"m", 60'000}, {"s", 1000}, {"ms", 1}}};
constexpr std::int64_t most = 10'000 * units[0].milliseconds;

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

std::size_t digits_at_start(std::string_view text) {
  std::size_t count = 0;
  while (count < text.size() && is_digit(text[count])) ++count;
  return count;
}

}  // namespace

std::optional<std::chrono::milliseconds> parse_duration(std::string_view text) {
  const std::size_t digits = digits_at_start(text);
  std::int64_t number = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + digits, number);
  if (digits == 0 || failure != std::errc{} || end != text.data() + digits) return std::nullopt;
  for (const Unit& unit : units) {
    if (text.substr(digits) != unit.name) continue;
    if (number > most / unit.milliseconds) return std::nullopt;
    return std::chrono::milliseconds{number * unit.milliseconds};
  }
  return std::nullopt;
}

std::string duration_advice(std::string_view text) {
  const std::size_t digits = digits_at_start(text);
  const bool bare_number = digits > 0 && digits <= 15 && digits == text.size();
  if (bare_number) return "write " + std::string(text) + "ms";
  return "write a whole number with its unit: 300ms, 2s, 1m, 4h or 7d";
}

std::string format_duration(std::chrono::milliseconds duration) {
  for (const Unit& unit : units) {
    if (duration.count() == 0 || duration.count() % unit.milliseconds != 0) continue;
    return std::to_string(duration.count() / unit.milliseconds) + std::string(unit.name);
  }
  return "0ms";
}

}  // namespace pgfill::spec
