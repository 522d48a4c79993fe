#include "work/key_scale.h"

#include <algorithm>
#include <charconv>
#include <cstdint>

#include "sql/statement_builder.h"

namespace pgfill::work {
namespace {

constexpr std::string_view digits = "0123456789abcdef";
constexpr std::size_t digits_of_uuid = 32;
constexpr std::uint64_t zero = std::uint64_t{1} << 63U;  ///< where the integer 0 is on the scale

/// How many values an integer type has below 0.
std::uint64_t negatives(std::string_view type) {
  if (type == "smallint") return std::uint64_t{1} << 15U;
  return type == "integer" ? std::uint64_t{1} << 31U : zero;
}

}  // namespace

std::optional<KeyScale> KeyScale::of(std::string_view type) {
  if (type == "uuid") return KeyScale(true, 0, ~Number{0});
  if (!sql::is_integer(type)) return std::nullopt;
  return KeyScale(false, zero - negatives(type), zero + (negatives(type) - 1));
}

std::optional<KeyScale::Number> KeyScale::number_of(std::string_view key) const {
  Number number = 0;
  if (!uuid_) {
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(key.data(), key.data() + key.size(), value);
    if (error != std::errc() || end != key.data() + key.size()) return std::nullopt;
    number = static_cast<std::uint64_t>(value) + zero;
    return number >= first_ && number <= last_ ? std::optional(number) : std::nullopt;
  }
  std::size_t count = 0;
  for (const char c : key) {
    if (c == '-') continue;
    const std::size_t digit = digits.find(c);
    if (digit == std::string_view::npos) return std::nullopt;
    number = number << 4U | digit;
    ++count;
  }
  return count == digits_of_uuid ? std::optional(number) : std::nullopt;
}

std::string KeyScale::key_of(Number number) const {
  if (!uuid_) return std::to_string(static_cast<std::int64_t>(static_cast<std::uint64_t>(number) - zero));
  std::string key(digits_of_uuid, '0');
  for (std::size_t at = digits_of_uuid; at > 0; number >>= 4U)
    key[--at] = digits[static_cast<std::size_t>(number & 15U)];
  for (const std::size_t hyphen : {20U, 16U, 12U, 8U}) key.insert(hyphen, "-");
  return key;
}

std::optional<double> KeyScale::distance(std::string_view from, std::string_view to) const {
  const auto low = number_of(from);
  const auto high = number_of(to);
  if (!low || !high) return std::nullopt;
  return *high > *low ? static_cast<double>(*high - *low) : 0;
}

std::optional<std::string> KeyScale::beyond(std::string_view from, double distance,
                                            const std::optional<std::string>& last) const {
  const auto low = number_of(from);
  const auto high = last ? number_of(*last) : std::optional(last_);
  if (!low || !high || *high < *low) return std::nullopt;
  const bool past = distance >= static_cast<double>(*high - *low);
  return key_of(past ? *high : *low + static_cast<Number>(std::max(0.0, distance)));
}

}  // namespace pgfill::work
