// The field table as a JSON Schema (draft-07) for editors. Looser than the decoder where a schema cannot say it: SQL is
// text here.
#include <nlohmann/json.hpp>

#include "spec/connection_keywords.h"
#include "spec/duration.h"
#include "spec/field_table.h"
#include "spec/link.h"

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

ordered_json schema_of(const Field& field) {
  switch (field.type) {
    case FieldType::version:
      return {{"const", 1}};
    case FieldType::job_name:
      return {{"type", "string"}, {"pattern", job_pattern}};
    case FieldType::condition:
      return {{"type", {"string", "boolean"}}};
    case FieldType::assignments:
      return {{"type", "object"}, {"minProperties", 1}, {"additionalProperties", expression_schema()}};
    case FieldType::names:
      return {{"type", "array"}, {"minItems", 1}, {"maxItems", 32}, {"uniqueItems", true}, {"items", text_schema()}};
    case FieldType::choice:
      return {{"enum", choices_of(field)}};
    case FieldType::integer:
      return {{"type", "integer"}, {"minimum", field.least}, {"maximum", field.most}};
    case FieldType::duration:
      return {{"type", "string"}, {"pattern", duration_pattern}};
    case FieldType::keywords:
      return keywords_schema();
    case FieldType::group:
      return group_schema(field.path);
    case FieldType::text:
      return line_schema(field.most, line_pattern);
    case FieldType::link:
      return line_schema(field.most, link_pattern);
    case FieldType::table_name:
    case FieldType::name:
    case FieldType::other:
      return text_schema();
  }
  return text_schema();
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
  return schema.dump(2) + '\n';
}

}  // namespace pgfill::spec
