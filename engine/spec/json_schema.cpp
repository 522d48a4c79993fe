// The field table as a JSON Schema (draft-07) for editors. Looser than the decoder where a schema cannot say it: SQL is
// text here.
#include <nlohmann/json.hpp>

#include "spec/connection_keywords.h"
#include "spec/duration.h"
#include "spec/field_table.h"
#include "spec/link.h"
#include "spec/quantity.h"
#include "spec/signal_text.h"

namespace pgfill::spec {

namespace {

using nlohmann::ordered_json;

constexpr std::string_view line_pattern = R"(^[^\t\n\r]*[^\s][^\t\n\r]*$)";
constexpr std::string_view job_pattern = "^[a-z0-9_-]{1,63}$";

ordered_json text_schema() {
  return {{"type", "string"}, {"minLength", 1}};
}

/// What YAML may make of an SQL expression that is not in quotes.
ordered_json expression_schema() {
  ordered_json schema;
  schema["type"] = {"string", "number", "boolean", "null"};
  return schema;
}

ordered_json keywords_schema() {
  ordered_json properties;
  for (const std::string_view keyword : connection_keywords()) {
    properties[std::string(keyword)]["type"] = {"string", "number", "boolean"};
  }
  return {{"type", "object"}, {"properties", properties}, {"additionalProperties", false}};
}

/// A text of at most `most` characters that matches the pattern.
ordered_json line_schema(std::int64_t most, std::string_view pattern) {
  ordered_json schema = text_schema();
  schema["maxLength"] = most;
  schema["pattern"] = pattern;
  return schema;
}

ordered_json group_schema(std::string_view group);

ordered_json pattern_schema(std::string_view pattern) {
  ordered_json schema{{"type", "string"}};
  schema["pattern"] = pattern;
  return schema;
}

/// With YAML 1.1 an editor takes the word off for the boolean false, and yes and no for booleans.
ordered_json or_boolean(ordered_json schema, bool value) {
  ordered_json other;
  other["const"] = value;
  ordered_json either;
  either["anyOf"] = ordered_json::array({std::move(schema), std::move(other)});
  return either;
}

ordered_json quantity_schema(const Field& field, std::string_view pattern) {
  const std::string whole = "^(" + std::string(pattern) + (field.can_be_off ? "|off)$" : ")$");
  return field.can_be_off ? or_boolean(pattern_schema(whole), false) : pattern_schema(whole);
}

ordered_json choice_schema(const Field& field) {
  ordered_json schema{{"enum", choices_of(field)}};
  if (field.choices.starts_with("yes|no|")) schema["enum"].insert(schema["enum"].end(), {false, true});
  return schema;
}

ordered_json integer_schema(const Field& field) {
  ordered_json schema{{"type", "integer"}, {"minimum", field.least}, {"maximum", field.most}};
  if (field.can_be_auto) return {{"anyOf", {schema, {{"const", "auto"}}}}};
  return field.can_be_off ? or_boolean({{"anyOf", {schema, {{"const", "off"}}}}}, false) : schema;
}

ordered_json duration_schema(const Field& field) {
  if (!field.can_be_off) return pattern_schema(duration_pattern);
  return quantity_schema(field, duration_pattern.substr(1, duration_pattern.size() - 2));
}

ordered_json list_schema(ordered_json items, std::int64_t most) {
  ordered_json schema{{"type", "array"}, {"minItems", 1}};
  if (most > 0) schema["maxItems"] = most;
  schema["items"] = std::move(items);
  return schema;
}

/// Of the fields of `throttle`; null for the types of other fields.
ordered_json throttle_schema(const Field& field) {
  switch (field.type) {
    case FieldType::size:
      return quantity_schema(field, quantity_pattern(Measure::size));
    case FieldType::rate:
      return quantity_schema(field, quantity_pattern(Measure::rate));
    case FieldType::percent:
      return quantity_schema(field, quantity_pattern(Measure::percent));
    case FieldType::per_minute:
      return quantity_schema(field, quantity_pattern(Measure::per_minute));
    case FieldType::room:
      return quantity_schema(field, "[0-9]+(B|KiB|MiB|GiB|TiB|%)");
    case FieldType::number:
      return {{"type", "number"}, {"minimum", 0}};
    case FieldType::query:
      return text_schema();
    case FieldType::http_url:
      return line_schema(field.most, http_url_pattern);
    case FieldType::signal_name:
      return pattern_schema(signal_name_pattern);
    case FieldType::signal_names:
      return list_schema(pattern_schema(signal_name_pattern), 0);
    case FieldType::weekdays:
      return list_schema({{"enum", {"mon", "tue", "wed", "thu", "fri", "sat", "sun"}}}, 7);
    case FieldType::clock_time:
      return pattern_schema(clock_time_pattern);
    case FieldType::time_zone:
      return text_schema();
    case FieldType::maps:
      return list_schema(group_schema(field.path), field.most);
    default:
      return nullptr;
  }
}

ordered_json schema_of(const Field& field) {
  if (ordered_json schema = throttle_schema(field); !schema.is_null()) return schema;
  switch (field.type) {
    case FieldType::version:
      return {{"const", 1}};
    case FieldType::job_name:
      return {{"type", "string"}, {"pattern", job_pattern}};
    case FieldType::condition:
    case FieldType::relations:
      return {{"type", {"string", "boolean"}}};
    case FieldType::assignments:
      return {{"type", "object"}, {"minProperties", 1}, {"additionalProperties", expression_schema()}};
    case FieldType::assumptions:
      return {
          {"type", "object"}, {"minProperties", 1}, {"additionalProperties", {{"enum", {"harmless", "reads_table"}}}}};
    case FieldType::names:
      return {{"type", "array"}, {"minItems", 1}, {"maxItems", 32}, {"uniqueItems", true}, {"items", text_schema()}};
    case FieldType::choice:
      return choice_schema(field);
    case FieldType::truth:
      return {{"const", true}};
    case FieldType::table_names:
      return list_schema(text_schema(), 0);
    case FieldType::integer:
      return integer_schema(field);
    case FieldType::duration:
      return duration_schema(field);
    case FieldType::keywords:
      return keywords_schema();
    case FieldType::group:
      return group_schema(field.path);
    case FieldType::text:
      return line_schema(field.most, line_pattern);
    case FieldType::link:
      return line_schema(field.most, link_pattern);
    default:
      return text_schema();
  }
}

ordered_json group_schema(std::string_view group) {
  ordered_json properties;
  ordered_json required = ordered_json::array();
  for (const std::string_view name : names_below(group)) {
    const Field& field = *find_field(group.empty() ? std::string(name) : std::string(group) + '.' + std::string(name));
    if (!field.works) continue;
    ordered_json schema = schema_of(field);
    std::string description = std::string(field.meaning) + " Legal: " + legal_values(field) + ".";
    if (!field.default_text.empty()) description += " Default: " + std::string(field.default_text) + ".";
    schema["description"] = std::move(description);
    properties[std::string(name)] = std::move(schema);
    if (field.required) required.push_back(name);
  }
  ordered_json schema{{"type", "object"}, {"properties", properties}, {"additionalProperties", false}};
  if (!required.empty()) schema["required"] = required;
  return schema;
}

}  // namespace

std::string json_schema() {
  ordered_json schema;
  schema["$schema"] = "http://json-schema.org/draft-07/schema#";
  schema["title"] = "pgfill job spec";
  schema.update(group_schema(""));
  for (const Field& field : all_fields()) {
    if (!field.makes.empty()) schema["oneOf"].push_back({{"required", {field.path}}});
  }
  return schema.dump(2) + '\n';
}

}  // namespace pgfill::spec
