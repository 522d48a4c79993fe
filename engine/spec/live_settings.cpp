#include "spec/live_settings.h"

#include "parse/source_text.h"
#include "spec/did_you_mean.h"
#include "spec/field_table.h"
#include "spec/spec_decoder.h"
#include "spec/yaml_tree.h"

namespace pgfill::spec {
namespace {

/// The value under a key of a map, made when it is missing.
YamlNode& entry(YamlNode& map, const std::string& name) {
  map.kind = YamlNode::Kind::map;
  for (std::size_t i = 0; i < map.keys.size(); ++i) {
    if (map.keys[i].text == name) return map.items[i];
  }
  YamlNode key;
  key.kind = YamlNode::Kind::scalar;
  key.text = name;
  map.keys.push_back(std::move(key));
  return map.items.emplace_back();
}

/// Its places mean nothing in the spec it is laid over.
void forget_places(YamlNode& node) {
  node.offset = 0;
  for (YamlNode& key : node.keys) forget_places(key);
  for (YamlNode& item : node.items) forget_places(item);
}

Error unknown(const std::string& path) {
  std::vector<std::string_view> live;
  for (const Field& field : all_fields()) {
    if (is_live(field.path) && field.works && field.type != FieldType::group) live.push_back(field.path);
  }
  Error error;
  error.code = ErrorCode::spec_unknown_field;
  error.message = path + " cannot be set while a job runs";
  error.hint = "workers, the fields of batch and the limits of throttle can: pgfill explain throttle";
  if (const auto meant = did_you_mean(path, live)) error.hint = "did you mean " + std::string(*meant) + "?";
  return error;
}

/// One field over the spec.
Result<JobSpec> with_setting(const JobSpec& spec, const std::string& path, const std::string& value) {
  const Field* field = find_field(path);
  if (field == nullptr || !is_live(path) || !field->works || field->type == FieldType::group) return unknown(path);
  const std::string text = to_yaml(spec);
  const parse::SourceText source("spec", text);
  Result<YamlNode> root = read_yaml(source);
  if (!root) return root.error();
  Result<YamlNode> set = read_yaml(parse::SourceText("setting", value));
  if (!set) return set.error();
  forget_places(*set);
  const std::size_t dot = path.find('.');
  YamlNode& place =
      dot == std::string::npos ? entry(*root, path) : entry(entry(*root, path.substr(0, dot)), path.substr(dot + 1));
  place = std::move(*set);
  return SpecDecoder(source, *root).decode();
}

}  // namespace

bool is_live(std::string_view path) {
  const Field* field = find_field(path);
  if (field != nullptr && field->live) return true;
  const std::size_t dot = path.rfind('.');
  return dot != std::string_view::npos && is_live(path.substr(0, dot));
}

Result<JobSpec> with_settings(const JobSpec& spec, const std::vector<std::pair<std::string, std::string>>& settings) {
  Result<JobSpec> result = spec;
  for (const auto& [path, value] : settings) {
    result = with_setting(*result, path, value);
    if (result) continue;
    Error error = result.error();
    error.message = path + "=" + value + ": " + error.message;
    error.place = {};
    error.remark.clear();
    return error;
  }
  return result;
}

}  // namespace pgfill::spec
