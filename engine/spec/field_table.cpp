#include "spec/field_table.h"

#include <algorithm>

#include "spec/bound.h"
#include "spec/did_you_mean.h"
#include "spec/duration.h"
#include "spec/identity.h"
#include "spec/quantity.h"
#include "spec/read_structure.h"
#include "spec/write_value.h"

namespace pgfill::spec {

namespace {

constexpr auto limits = &JobSpec::throttle;
constexpr auto kind = &JobSpec::kind;

constexpr Binding version{read_version, write_version, always_given, nullptr};
constexpr Binding table_of_job{read_table, write_table, always_given, nullptr};
constexpr Binding replica_name{read_replica_name, bound<&ReplicaConnection::name>.write, always_given, nullptr};
constexpr Binding signal_name{read_signal_name, bound<&SqlSignal::name>.write, always_given, nullptr};

constexpr Field fields[] = {
#include "spec/field_table.inc"
};

std::string_view group_of(std::string_view path) {
  const std::size_t dot = path.rfind('.');
  return dot == std::string_view::npos ? std::string_view{} : path.substr(0, dot);
}

std::string spaced(std::string_view choices) {
  std::string result;
  for (const char c : choices) {
    result += c == '|' ? std::string(" or ") : std::string(1, c);
  }
  return result;
}

}  // namespace

std::span<const Field> all_fields() {
  return fields;
}

const Field* find_field(std::string_view path) {
  const auto all = all_fields();
  const auto found = std::find_if(all.begin(), all.end(), [&](const Field& field) { return field.path == path; });
  return found == all.end() ? nullptr : &*found;
}

const Field* field_that_makes(std::string_view made) {
  const auto all = all_fields();
  const auto found = std::find_if(all.begin(), all.end(), [&](const Field& field) { return field.makes == made; });
  return found == all.end() ? nullptr : &*found;
}

std::string_view leaf_of(std::string_view path) {
  return path.substr(path.rfind('.') + 1);
}

std::vector<std::string_view> names_below(std::string_view group) {
  std::vector<std::string_view> names;
  for (const Field& field : all_fields()) {
    if (group_of(field.path) == group) names.push_back(leaf_of(field.path));
  }
  return names;
}

std::string advice_for_unknown(std::string_view group, std::string_view name) {
  for (const Field& field : all_fields()) {
    if (leaf_of(field.path) != name) continue;
    const std::string_view owner = group_of(field.path);
    if (owner.empty()) return "\"" + std::string(name) + "\" stands at the top of the spec, not indented";
    return "\"" + std::string(name) + "\" belongs below \"" + std::string(owner) + "\"";
  }
  if (const auto similar = did_you_mean(name, names_below(group))) {
    return "did you mean \"" + std::string(*similar) + "\"?";
  }
  return {};
}

std::optional<Measure> measure_of(FieldType type) {
  switch (type) {
    case FieldType::size:
      return Measure::size;
    case FieldType::rate:
      return Measure::rate;
    case FieldType::percent:
      return Measure::percent;
    case FieldType::per_minute:
      return Measure::per_minute;
    default:
      return std::nullopt;
  }
}

std::vector<std::string_view> choices_of(const Field& field) {
  std::vector<std::string_view> words;
  for (std::size_t begin = 0; begin <= field.choices.size();) {
    const std::size_t end = std::min(field.choices.find('|', begin), field.choices.size());
    words.push_back(field.choices.substr(begin, end - begin));
    begin = end + 1;
  }
  return words;
}

namespace {

std::string from_to(const Field& field, std::string (*written)(std::int64_t)) {
  return written(field.least) + " to " + written(field.most);
}

template <Measure measure>
std::string in_unit(std::int64_t number) {
  return format_quantity(measure, number);
}

std::string in_time(std::int64_t number) {
  return format_duration(std::chrono::milliseconds{number});
}

/// Of the types whose legal values follow from the row; empty for the others.
std::string values_of_type(const Field& field) {
  switch (field.type) {
    case FieldType::integer:
      return "whole number, " + from_to(field, [](std::int64_t number) { return std::to_string(number); });
    case FieldType::duration:
      return "duration, " + from_to(field, in_time);
    case FieldType::size:
      return "size, " + from_to(field, in_unit<Measure::size>);
    case FieldType::rate:
      return "rate, " + from_to(field, in_unit<Measure::rate>);
    case FieldType::percent:
      return "percent, " + from_to(field, in_unit<Measure::percent>);
    case FieldType::per_minute:
      return "number a minute, " + from_to(field, in_unit<Measure::per_minute>);
    case FieldType::room:
      return "size, " + from_to(field, in_unit<Measure::size>) + ", or percent, 1% to 99%";
    case FieldType::text:
      return "one line of at most " + std::to_string(field.most) + " characters";
    case FieldType::link:
      return "an http or https URL, or a path with a slash; at most " + std::to_string(field.most) +
             " characters, no blanks";
    case FieldType::http_url:
      return "http://host[:port]/path, at most " + std::to_string(field.most) + " characters, no blanks";
    default:
      return {};
  }
}

std::string values_in_words(const Field& field) {
  switch (field.type) {
    case FieldType::version:
      return "1";
    case FieldType::truth:
      return "true";
    case FieldType::job_name:
      return "1 to 63 of the signs a-z, 0-9, _ and -";
    case FieldType::signal_name:
      return "1 to 63 of the signs a-z, 0-9 and _";
    case FieldType::table_name:
      return "name or schema.name, each part at most 63 bytes";
    case FieldType::name:
      return "an SQL name of at most 63 bytes";
    case FieldType::choice:
      return spaced(field.choices);
    default:
      return std::string(field.legal);
  }
}

}  // namespace

std::string legal_values(const Field& field) {
  std::string values = values_of_type(field);
  if (values.empty()) values = values_in_words(field);
  if (field.can_be_auto) return values + "; or auto";
  return field.can_be_off ? values + "; or off" : values;
}

}  // namespace pgfill::spec
