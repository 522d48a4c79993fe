// Writes the value of one member of the spec as YAML that reads back to an equal one, by the row's type and the
// member's.
#pragma once

#include <chrono>
#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "pgfill/spec.h"
#include "spec/field_table.h"
#include "spec/read_value.h"

namespace pgfill::spec {

YamlValue scalar(std::string text);

/// The value on one line.
std::string flow(const YamlValue& value);
/// The rows below the group as one map on one line, those that have a value there.
std::string flow_map(std::string_view group, const void* owner);

YamlValue write_value(const Field& field, bool value);
YamlValue write_value(const Field& field, double value);
YamlValue write_value(const Field& field, const std::string& value);
YamlValue write_value(const Field& field, std::chrono::milliseconds value);
YamlValue write_value(const Field& field, std::chrono::minutes value);
YamlValue write_value(const Field& field, const FreeRoom& value);
YamlValue write_value(const Field& field, const std::vector<int>& weekdays);
YamlValue write_value(const Field& field, const std::vector<std::string>& names);
YamlValue write_value(const Field& field, const std::vector<std::pair<std::string, std::string>>& keywords);
YamlValue write_value(const Field& field, const std::vector<Assignment>& set);
YamlValue write_value(const Field& field, const std::vector<Assumption>& assume);
YamlValue write_value(const Field& field, const std::vector<TableReference>& tables);
YamlValue write_quantity(const Field& field, std::int64_t number);

template <std::integral T>
YamlValue write_value(const Field& field, T value) {
  return write_quantity(field, value);
}

template <class T>
requires std::is_enum_v<T> YamlValue write_value(const Field& field, T value) {
  return scalar(std::string(choices_of(field).at(static_cast<std::size_t>(value))));
}

template <Group T>
YamlValue write_value(const Field& field, const T& value) {
  return scalar(flow_map(field.path, &value));
}

template <class T>
YamlValue write_value(const Field& field, const std::optional<T>& value) {
  return value ? write_value(field, *value) : scalar("off");
}

template <Group T>
YamlValue write_value(const Field& field, const std::vector<T>& values) {
  YamlValue lines{YamlValue::Form::lines, {}};
  for (const T& value : values) lines.items.push_back(flow(write_value(field, value)));
  return lines;
}

// Of rows without a member of their own.
YamlValue write_version(const Field& field, const void* spec);
YamlValue write_table(const Field& field, const void* spec);
YamlValue write_true(const Field& field, const void* spec);
void canonical_true(const Field& field, const void* spec, nlohmann::ordered_json& into);
Presence always_given(const void* spec);

}  // namespace pgfill::spec
