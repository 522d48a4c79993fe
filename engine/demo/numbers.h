// Numbers of the demo as a person reads them.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace pgfill::demo {

/// 1234567 as "1,234,567".
std::string with_commas(std::int64_t number);
/// With so many digits after the point, 0 to 9.
std::string decimal(double number, int digits);
/// "12 B", "3.4 MiB".
std::string bytes_text(std::int64_t bytes);
/// "0.42 ms".
std::string milliseconds_text(std::chrono::microseconds duration);

}  // namespace pgfill::demo
