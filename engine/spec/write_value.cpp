#include "spec/write_value.h"

#include <array>
#include <charconv>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "parse/sql_name.h"
#include "spec/duration.h"
#include "spec/field_decoder.h"
#include "spec/quantity.h"
#include "spec/signal_text.h"
#include "spec/yaml_scalar.h"

namespace pgfill::spec {

namespace {

using parse::write_name;

std::string qualified(const std::string& schema, const std::string& name) {
  return (schema.empty() ? "" : write_name(schema) + '.') + write_name(name);
}

std::string joined(const std::vector<std::string>& items) {
  std::string text;
  for (const std::string& item : items) text += (text.empty() ? "" : ", ") + item;
  return text;
}

}  // namespace

YamlValue scalar(std::string text) {
  return {YamlValue::Form::scalar, {std::move(text)}};
}

std::string flow(const YamlValue& value) {
  const std::string text = joined(value.items);
  if (value.form == YamlValue::Form::scalar) return text;
  return value.form == YamlValue::Form::map ? "{" + text + "}" : "[" + text + "]";
}

std::string flow_map(std::string_view group, const void* owner) {
  std::vector<std::string> entries;
  for (const std::string_view name : names_below(group)) {
    const Field& field = *find_field(path_of(group, name));
    const YamlValue value = field.works ? field.binding.write(field, owner) : YamlValue{};
    if (!value.items.empty()) entries.push_back(std::string(name) + ": " + flow(value));
  }
  return "{" + joined(entries) + "}";
}

YamlValue write_value(const Field& field, bool value) {
  if (field.type == FieldType::truth) return value ? scalar("true") : YamlValue{};
  return scalar(value ? "yes" : "no");
}

YamlValue write_value(const Field&, double value) {
  std::array<char, 64> text{};
  const auto end = std::to_chars(text.data(), text.data() + text.size(), value).ptr;
  return scalar({text.data(), end});
}

YamlValue write_value(const Field& field, const std::string& value) {
  if (field.type == FieldType::condition || field.type == FieldType::relations) return scalar(yaml_value(value, 2));
  return scalar(yaml_scalar(field.type == FieldType::name ? write_name(value) : value));
}

YamlValue write_value(const Field&, std::chrono::milliseconds value) {
  return scalar(format_duration(value));
}

YamlValue write_value(const Field&, std::chrono::minutes value) {
  std::array<char, 16> text{};
  const int minutes = static_cast<int>(value.count());
  std::snprintf(text.data(), text.size(), "\"%02d:%02d\"", minutes / 60, minutes % 60);
  return scalar(text.data());
}

YamlValue write_value(const Field&, const FreeRoom& value) {
  return scalar(value.bytes ? format_quantity(Measure::size, *value.bytes)
                            : format_quantity(Measure::percent, value.percent.value_or(0)));
}

YamlValue write_quantity(const Field& field, std::int64_t number) {
  if (field.can_be_auto && number == 0) return scalar("auto");
  const auto measure = measure_of(field.type);
  return scalar(measure ? format_quantity(*measure, number) : std::to_string(number));
}

YamlValue write_value(const Field&, const std::vector<int>& weekdays) {
  YamlValue list{YamlValue::Form::list, {}};
  for (const int day : weekdays) list.items.emplace_back(weekday_names.at(static_cast<std::size_t>(day)));
  return list;
}

YamlValue write_value(const Field& field, const std::vector<std::string>& names) {
  YamlValue list{YamlValue::Form::list, {}};
  for (const std::string& name : names) {
    list.items.push_back(field.type == FieldType::names ? yaml_scalar(write_name(name)) : name);
  }
  return list;
}

YamlValue write_value(const Field&, const std::vector<std::pair<std::string, std::string>>& keywords) {
  YamlValue map{YamlValue::Form::map, {}};
  for (const auto& [keyword, value] : keywords) map.items.push_back(yaml_scalar(keyword) + ": " + yaml_scalar(value));
  return map;
}

YamlValue write_value(const Field&, const std::vector<Assignment>& set) {
  YamlValue map{YamlValue::Form::map, {}};
  for (const Assignment& one : set) {
    map.items.push_back(yaml_scalar(write_name(one.column)) + ": " + yaml_value(one.expression, 4));
  }
  return map;
}

YamlValue write_value(const Field&, const std::vector<Assumption>& assume) {
  YamlValue map{YamlValue::Form::map, {}};
  for (const Assumption& one : assume) {
    const bool harmless = one.effect == Assumption::Effect::harmless;
    map.items.push_back(yaml_scalar(qualified(one.schema, one.function)) + (harmless ? ": harmless" : ": reads_table"));
  }
  return map;
}

YamlValue write_value(const Field&, const std::vector<TableReference>& tables) {
  YamlValue list{YamlValue::Form::list, {}};
  for (const TableReference& one : tables) list.items.push_back(yaml_scalar(qualified(one.schema, one.table)));
  return list;
}

YamlValue write_version(const Field&, const void*) {
  return scalar("1");
}

YamlValue write_table(const Field&, const void* owner) {
  const auto& spec = *static_cast<const JobSpec*>(owner);
  return scalar(yaml_scalar(qualified(spec.schema, spec.table)));
}

YamlValue write_true(const Field&, const void*) {
  return scalar("true");
}

void canonical_true(const Field&, const void*, nlohmann::ordered_json& into) {
  into = true;
}

Presence always_given(const void*) {
  return Presence::given;
}

}  // namespace pgfill::spec
