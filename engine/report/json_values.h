// Values as JSON has them; for the files that make JSON forms.
#pragma once

#include <chrono>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

namespace pgfill::report {

inline double milliseconds_of(std::chrono::microseconds length) {
  return static_cast<double>(length.count()) / 1e3;
}

template <class T>
nlohmann::ordered_json or_null(const std::optional<T>& value) {
  return value ? nlohmann::ordered_json(*value) : nlohmann::ordered_json(nullptr);
}

inline nlohmann::ordered_json or_null(const std::string& value) {
  return value.empty() ? nlohmann::ordered_json(nullptr) : nlohmann::ordered_json(value);
}

inline nlohmann::ordered_json or_null(const std::optional<std::chrono::seconds>& value) {
  return value ? nlohmann::ordered_json(value->count()) : nlohmann::ordered_json(nullptr);
}

}  // namespace pgfill::report
