#include "spec/quantity.h"

#include <array>
#include <charconv>

namespace pgfill::spec {

namespace {

struct Unit {
  std::string_view name;
  std::int64_t bytes;
};

constexpr std::array<Unit, 5> units{{{"TiB", std::int64_t{1} << 40},
                                     {"GiB", std::int64_t{1} << 30},
                                     {"MiB", std::int64_t{1} << 20},
                                     {"KiB", std::int64_t{1} << 10},
                                     {"B", 1}}};
constexpr std::int64_t most = std::int64_t{1} << 53;

/// What stands behind the number.
std::string_view suffix_of(Measure measure) {
  switch (measure) {
    case Measure::size:
      return "";
    case Measure::rate:
      return "/s";
    case Measure::percent:
      return "%";
    case Measure::per_minute:
      return "/min";
  }
  return "";
}

bool in_bytes(Measure measure) {
  return measure == Measure::size || measure == Measure::rate;
}

std::optional<std::int64_t> with_unit(std::int64_t number, std::string_view unit) {
  for (const Unit& known : units) {
    if (unit == known.name) return number <= most / known.bytes ? std::optional(number * known.bytes) : std::nullopt;
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::int64_t> parse_quantity(Measure measure, std::string_view text) {
  std::int64_t number = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, failure] = std::from_chars(text.data(), end, number);
  if (failure != std::errc{} || text.front() == '-' || number > most) return std::nullopt;
  std::string_view unit(stop, static_cast<std::size_t>(end - stop));
  const std::string_view suffix = suffix_of(measure);
  if (!unit.ends_with(suffix)) return std::nullopt;
  unit.remove_suffix(suffix.size());
  if (in_bytes(measure)) return with_unit(number, unit);
  return unit.empty() ? std::optional(number) : std::nullopt;
}

std::string quantity_advice(Measure measure, std::string_view text) {
  const bool bare =
      !text.empty() && text.size() <= 15 && text.find_first_not_of("0123456789") == std::string_view::npos;
  switch (measure) {
    case Measure::size:
      return "write a whole number with its unit (B, KiB, MiB, GiB or TiB): 16MiB";
    case Measure::rate:
      return "write a whole number with its unit and /s: 40MiB/s";
    case Measure::percent:
      return bare ? "write " + std::string(text) + "%" : "write a whole number and a percent sign: 20%";
    case Measure::per_minute:
      return bare ? "write " + std::string(text) + "/min" : "write a whole number and /min: 4/min";
  }
  return {};
}

std::string format_quantity(Measure measure, std::int64_t number) {
  const std::string suffix(suffix_of(measure));
  if (!in_bytes(measure)) return std::to_string(number) + suffix;
  for (const Unit& unit : units) {
    if (number == 0 || number % unit.bytes != 0) continue;
    return std::to_string(number / unit.bytes) + std::string(unit.name) + suffix;
  }
  return "0B" + suffix;
}

std::string_view quantity_pattern(Measure measure) {
  switch (measure) {
    case Measure::size:
      return "[0-9]+(B|KiB|MiB|GiB|TiB)";
    case Measure::rate:
      return "[0-9]+(B|KiB|MiB|GiB|TiB)/s";
    case Measure::percent:
      return "[0-9]+%";
    case Measure::per_minute:
      return "[0-9]+/min";
  }
  return {};
}

}  // namespace pgfill::spec
