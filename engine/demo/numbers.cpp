#include "demo/numbers.h"

#include <cstdio>

namespace pgfill::demo {

std::string with_commas(std::int64_t number) {
  std::string text = std::to_string(number);
  const std::size_t first = number < 0 ? 1 : 0;
  for (std::size_t at = text.size(); at > first + 3;) text.insert(at -= 3, ",");
  return text;
}

std::string decimal(double number, int digits) {
  char text[64];
  std::snprintf(text, sizeof text, "%.*f", digits, number);
  return text;
}

std::string bytes_text(std::int64_t bytes) {
  constexpr std::int64_t kibi = 1024;
  if (bytes < kibi) return std::to_string(bytes) + " B";
  if (bytes < kibi * kibi) return decimal(static_cast<double>(bytes) / kibi, 1) + " KiB";
  if (bytes < kibi * kibi * kibi) return decimal(static_cast<double>(bytes) / (kibi * kibi), 1) + " MiB";
  return decimal(static_cast<double>(bytes) / (kibi * kibi * kibi), 1) + " GiB";
}

std::string milliseconds_text(std::chrono::microseconds duration) {
  return decimal(static_cast<double>(duration.count()) / 1000, duration.count() < 10'000 ? 2 : 0) + " ms";
}

}  // namespace pgfill::demo
