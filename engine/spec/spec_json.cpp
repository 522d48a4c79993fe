#include "spec/spec_json.h"

#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>

#include "parse/source_text.h"
#include "spec/field_decoder.h"
#include "spec/write_value.h"
#include "spec/yaml_tree.h"

namespace pgfill::spec {
namespace {

using nlohmann::ordered_json;

/// A map's entries are on lines of their own, since some are blocks; everything else is on one.
std::string yaml_of(const YamlValue& value) {
  if (value.form != YamlValue::Form::map) return flow(value);
  std::string text;
  for (const std::string& item : value.items) text += item + '\n';
  return text;
}

bool is_number(const Field& field) {
  return field.type == FieldType::version || field.type == FieldType::integer || field.type == FieldType::number;
}

ordered_json json_of(const Field& field, const YamlNode& node) {
  ordered_json json;
  switch (node.kind) {
    case YamlNode::Kind::null:
      break;
    case YamlNode::Kind::scalar:
      if (field.type == FieldType::truth) return true;
      if (is_number(field) && ordered_json::accept(node.text)) return ordered_json::parse(node.text);
      json = node.text;
      break;
    case YamlNode::Kind::sequence:
      json = ordered_json::array();
      for (const YamlNode& item : node.items) json.push_back(json_of(field, item));
      break;
    case YamlNode::Kind::map:
      json = ordered_json::object();
      for (std::size_t i = 0; i < node.keys.size(); ++i) {
        const Field* below = find_field(path_of(field.path, node.keys[i].text));
        json[node.keys[i].text] = json_of(below == nullptr ? field : *below, node.items[i]);
      }
      break;
  }
  return json;
}

/// What the row would be in YAML; null where that says nothing: no name, an empty list, no window.
ordered_json value_of(const Field& field, const JobSpec& spec) {
  if (field.binding.presence(&spec) == Presence::absent) return nullptr;
  const YamlValue value = field.binding.write(field, &spec);
  const std::string text = yaml_of(value);
  if (value.items.empty() || (text == "off" && !field.can_be_off)) return nullptr;
  const Result<YamlNode> node = read_yaml(parse::SourceText("spec", text));
  if (!node) throw std::logic_error("field " + std::string(field.path) + " is written as no YAML: " + text);
  const bool no_name = node->kind == YamlNode::Kind::scalar && (node->text.empty() || node->text == "\"\"");
  return no_name ? ordered_json(nullptr) : json_of(field, *node);
}

ordered_json rows_below(std::string_view group, const JobSpec& spec) {
  ordered_json json = ordered_json::object();
  for (const std::string_view name : names_below(group)) {
    const Field& field = *find_field(path_of(group, name));
    if (!field.works) continue;
    const bool is_group = field.binding.write == nullptr;
    json[std::string(name)] = is_group ? rows_below(field.path, spec) : value_of(field, spec);
  }
  return json;
}

}  // namespace

ordered_json to_json(const JobSpec& spec) {
  return rows_below("", spec);
}

}  // namespace pgfill::spec
