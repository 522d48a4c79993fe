#include "spec/live_settings.h"

#include <algorithm>
#include <optional>

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

/// Below a list of maps a field is set with its list.
bool may_be_set(const Field& field) {
  const bool below_a_list = std::count(field.path.begin(), field.path.end(), '.') > 1;
  return is_live(field.path) && field.works && field.type != FieldType::group && !below_a_list;
}

/// How the values of the row's type look.
std::string shape_of(const Field& field) {
  std::string shape = "[0-9.]+ *[a-zA-Z/%]*";  // a quantity
  if (field.type == FieldType::integer) shape = "[0-9]+";
  if (field.type == FieldType::duration) shape = "[0-9]+ *[a-z]+";
  if (field.type == FieldType::choice) shape = field.choices;
  if (field.type == FieldType::maps || field.type == FieldType::signal_names) shape = R"([\[{].*[\]}])";
  if (field.can_be_auto) shape += "|auto";
  if (field.can_be_off) shape += "|off";
  return "^(" + shape + ")$";
}

Error unknown(const std::string& path) {
  std::vector<std::string_view> live;
  for (const Field& field : all_fields()) {
    if (may_be_set(field)) live.push_back(field.path);
  }
  Error error;
  error.code = ErrorCode::spec_unknown_field;
  error.message = path + " cannot be set while a job runs";
  error.hint = "workers, the fields of batch and the limits of throttle can: pgfill explain throttle";
  if (const auto meant = did_you_mean(path, live)) error.hint = "did you mean " + std::string(*meant) + "?";
  return error;
}

/// Lays the value over the map of a spec; nothing when it can be read.
std::optional<Error> lay_over(YamlNode& root, const Setting& setting) {
  const auto& [path, value] = setting;
  Result<YamlNode> set = read_yaml(parse::SourceText("setting", value));
  if (!set) return set.error();
  forget_places(*set);
  const std::size_t dot = path.find('.');
  YamlNode& place =
      dot == std::string::npos ? entry(root, path) : entry(entry(root, path.substr(0, dot)), path.substr(dot + 1));
  place = std::move(*set);
  return std::nullopt;
}

/// All of them over the spec, which is judged once: one may be legal only beside another.
Result<JobSpec> laid_over(const JobSpec& spec, const std::vector<Setting>& settings) {
  const std::string text = to_yaml(spec);
  const parse::SourceText source("spec", text);
  Result<YamlNode> root = read_yaml(source);
  if (!root) return root.error();
  for (const Setting& setting : settings) {
    if (const std::optional<Error> wrong = lay_over(*root, setting)) return *wrong;
  }
  return SpecDecoder(source, *root).decode();
}

std::string in_words(const std::vector<Setting>& settings) {
  std::string text;
  for (const auto& [path, value] : settings) text += (text.empty() ? "" : ", ") + path + "=" + value;
  return text;
}

/// The one that is wrong by itself, if any, else all of them.
std::string culprits(const JobSpec& spec, const std::vector<Setting>& settings, const Error& error) {
  for (const Setting& setting : settings) {
    const Result<JobSpec> alone = laid_over(spec, {setting});
    if (!alone && alone.error().message == error.message) return in_words({setting});
  }
  return in_words(settings);
}

}  // namespace

bool is_live(std::string_view path) {
  const Field* field = find_field(path);
  if (field != nullptr && field->live) return true;
  const std::size_t dot = path.rfind('.');
  return dot != std::string_view::npos && is_live(path.substr(0, dot));
}

std::vector<std::pair<std::string, std::string>> live_fields() {
  std::vector<std::pair<std::string, std::string>> fields;
  for (const Field& field : all_fields()) {
    if (may_be_set(field)) fields.emplace_back(field.path, shape_of(field));
  }
  return fields;
}

Result<JobSpec> with_settings(const JobSpec& spec, const std::vector<Setting>& settings) {
  for (const auto& [path, value] : settings) {
    const Field* field = find_field(path);
    if (field == nullptr || !may_be_set(*field)) return unknown(path);
  }
  Result<JobSpec> result = laid_over(spec, settings);
  if (result) return result;
  Error error = result.error();
  error.message = culprits(spec, settings, error) + ": " + error.message;
  error.place = {};
  error.remark.clear();
  return error;
}

}  // namespace pgfill::spec
