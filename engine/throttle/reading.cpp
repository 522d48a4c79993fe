#include "throttle/reading.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <limits>
#include <string_view>

namespace pgfill::throttle {
namespace {

std::string printed(const char* format, double value) {
  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), format, value);
  return text.data();
}

/// Two digits that say something: 1.9 and 47.
std::string short_number(double value) {
  return printed(std::abs(value) < 10 && value != std::floor(value) ? "%.1f"
                 : std::abs(value) < 1e15                           ? "%.0f"
                                                                    : "%.3g",
                 value);
}

std::string bytes(double value) {
  static constexpr std::array units{"B", "KiB", "MiB", "GiB", "TiB", "PiB"};
  std::size_t unit = 0;
  while (std::abs(value) >= 1024 && unit + 1 < units.size()) {
    value /= 1024;
    ++unit;
  }
  return short_number(value) + " " + units[unit];
}

std::string seconds(double value) {
  if (std::abs(value) < 1) return short_number(value * 1000) + "ms";
  return short_number(value) + "s";
}

constexpr std::string_view free_room = "_free";

bool is_free_room(const Reading& reading) {
  return reading.signal.ends_with(free_room);
}

/// "replica lag r2"; without what is said behind the value, as in "disk /data 30 % free".
std::string title(const Reading& reading) {
  std::string words = reading.signal;
  if (is_free_room(reading)) words.resize(words.size() - free_room.size());
  std::replace(words.begin(), words.end(), '_', ' ');
  return reading.subject.empty() ? words : words + " " + reading.subject;
}

std::string value_text(const Reading& reading) {
  return quantity(*reading.value, reading.unit) + (is_free_room(reading) ? " free" : "");
}

}  // namespace

std::string quantity(double value, Unit unit) {
  switch (unit) {
    case Unit::seconds:
      return seconds(value);
    case Unit::bytes:
      return bytes(value);
    case Unit::bytes_per_second:
      return bytes(value) + "/s";
    case Unit::share:
      return short_number(value * 100) + " %";
    case Unit::count:
      break;
  }
  return short_number(value);
}

std::optional<double> utilisation(const Reading& reading) {
  if (!reading.value || !std::isfinite(*reading.value) || *reading.value < 0 || std::isnan(reading.limit)) return {};
  const double numerator = reading.bad == Bad::above ? *reading.value : reading.limit;
  const double denominator = reading.bad == Bad::above ? reading.limit : *reading.value;
  if (std::isinf(denominator) || numerator <= 0) return 0;
  if (denominator <= 0 || std::isinf(numerator)) return std::numeric_limits<double>::max();
  return numerator / denominator;
}

std::string why_unknown(const Reading& reading, async::TimePoint now) {
  if (!reading.value) return reading.unknown.empty() ? "the sensor gives no value" : reading.unknown;
  if (!utilisation(reading)) {
    return std::isnan(reading.limit) ? "its limit is not a number"
                                     : "the sensor says " + printed("%g", *reading.value) + ", which cannot be";
  }
  if (now - reading.read_at <= reading.max_age) return {};
  return "no reading for " + seconds(std::chrono::duration<double>(now - reading.read_at).count());
}

std::string sentence(const Reading& reading, async::TimePoint now) {
  if (const std::string unknown = why_unknown(reading, now); !unknown.empty())
    return title(reading) + " unknown: " + unknown;
  const bool over = *utilisation(reading) > 1;
  const std::string limit = quantity(reading.limit, reading.unit);
  const std::string compared = !over ? " (limit " + limit + ")" : (reading.bad == Bad::above ? " > " : " < ") + limit;
  return title(reading) + " " + value_text(reading) + compared;
}

}  // namespace pgfill::throttle
