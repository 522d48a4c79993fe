#include "spec/spec_decoder.h"

#include <algorithm>
#include <array>
#include <utility>

#include "parse/sql_name.h"
#include "spec/expression.h"
#include "spec/job_name.h"
#include "spec/throttle_decoder.h"

namespace pgfill::spec {

namespace {

constexpr std::size_t most_key_columns = 32;  // INDEX_MAX_KEYS of PostgreSQL

}  // namespace

void SpecDecoder::check_required() {
  for (const Field& field : all_fields()) {
    const bool nested = field.path.find('.') != std::string_view::npos;
    if (!field.required || nested || find_value(root_, field.path) != nullptr) continue;
    fail(ErrorCode::spec_missing_field, root_, "field " + parse::in_quotes(field.path) + " is missing",
         "add a line like `" + std::string(field.example) + "`");
  }
}

void SpecDecoder::bad_value(const Field& field, const YamlNode& value, std::string remark) {
  FieldDecoder::bad_value(field, value, key_of(field.path), std::move(remark));
}

const YamlNode* SpecDecoder::value_of(std::string_view path) const {
  if (!ok()) return nullptr;
  const std::size_t dot = path.find('.');
  const YamlNode* top = find_value(root_, path.substr(0, dot));
  return dot == std::string_view::npos || top == nullptr ? top : find_value(*top, path.substr(dot + 1));
}

const YamlNode& SpecDecoder::key_of(std::string_view path) const {
  const std::size_t dot = path.find('.');
  const YamlNode* map = dot == std::string_view::npos ? &root_ : find_value(root_, path.substr(0, dot));
  for (const YamlNode& key : map == nullptr ? root_.keys : map->keys) {
    if (key.text == leaf_of(path)) return key;
  }
  return root_;
}

const YamlNode* SpecDecoder::scalar_of(std::string_view path) {
  const YamlNode* value = value_of(path);
  if (value == nullptr || value->kind == YamlNode::Kind::scalar) return value;
  bad_value(*find_field(path), *value);
  return nullptr;
}

bool SpecDecoder::is_map(const Field& field, const YamlNode& value) {
  const bool filled = value.kind == YamlNode::Kind::map && !value.items.empty();
  if (!filled) bad_value(field, value, "write a map: " + std::string(field.example));
  return filled;
}

Result<JobSpec> SpecDecoder::decode() {
  if (root_.kind != YamlNode::Kind::map) {
    const bool empty = root_.kind == YamlNode::Kind::null;
    fail(ErrorCode::spec_syntax, root_, empty ? "the spec is empty" : "a spec is a map of fields",
         "pgfill init \"UPDATE …\" writes a spec from a statement");
  }
  check_names(root_, "");
  check_required();
  read_version();
  read_job();
  read_table();
  read_alias();
  read_only();
  read_key();
  read_bound();
  read_stripes();
  read_order();
  read_connection();
  read_batch();
  read_workers();
  read_throttle();
  read_bad_rows();
  read_assume();
  read_owner();
  read_runbook();
  // Last, because expressions are judged by table, alias and key.
  read_delete();
  read_set();
  read_where();
  check_deletion();
  if (error_) return std::move(*error_);
  return std::move(spec_);
}

void SpecDecoder::read_version() {
  const YamlNode* value = scalar_of("version");
  if (value == nullptr || value->text == "1") return;
  bad_value(*find_field("version"), *value, "this pgfill reads version 1");
}

void SpecDecoder::read_job() {
  const YamlNode* value = scalar_of("job");
  if (value == nullptr) return;
  if (!is_job_name(value->text)) return bad_value(*find_field("job"), *value);
  spec_.job = value->text;
}

std::vector<std::string> SpecDecoder::name_at(const YamlNode& node, std::size_t most_parts) {
  auto parsed = parse::parse_name(node.text);
  if (!parsed) {
    fail(parsed.error().code, node, parsed.error().message, parsed.error().hint);
    return {};
  }
  if (parsed->size() > most_parts) {
    const std::string wanted = most_parts == 1 ? "one name without dots" : "name or schema.name";
    fail(ErrorCode::spec_bad_value, node, parse::in_quotes(node.text) + " has too many parts", "write " + wanted);
    return {};
  }
  return *parsed;
}

void SpecDecoder::read_table() {
  const YamlNode* value = scalar_of("table");
  if (value == nullptr) return;
  std::vector<std::string> parts = name_at(*value, 2);
  if (parts.empty()) return;
  spec_.table = parts.back();
  if (parts.size() == 2) spec_.schema = parts.front();
}

void SpecDecoder::read_alias() {
  const YamlNode* value = scalar_of("alias");
  if (value == nullptr) return;
  const std::vector<std::string> parts = name_at(*value, 1);
  if (!parts.empty()) spec_.alias = parts.front();
}

void SpecDecoder::read_only() {
  if (const auto chosen = choice_at("only")) spec_.only = *chosen == 1;
}

void SpecDecoder::read_key() {
  const YamlNode* value = value_of("key");
  if (value == nullptr) return;
  const bool list = value->kind == YamlNode::Kind::sequence;
  if (!list || value->items.empty() || value->items.size() > most_key_columns) {
    const std::string remark = value->kind == YamlNode::Kind::scalar ? "write a list: [" + value->text + "]" : "";
    return bad_value(*find_field("key"), *value, remark);
  }
  for (const YamlNode& item : value->items) {
    if (item.kind != YamlNode::Kind::scalar) return bad_value(*find_field("key"), item, "write a column name");
    const std::vector<std::string> parts = name_at(item, 1);
    if (parts.empty()) return;
    if (std::find(spec_.key.begin(), spec_.key.end(), parts.front()) != spec_.key.end()) {
      return fail(ErrorCode::spec_bad_value, item, "key column " + parse::in_quotes(parts.front()) + " is listed twice",
                  "leave one of the two out");
    }
    spec_.key.push_back(parts.front());
  }
}

void SpecDecoder::read_bound() {
  if (const auto chosen = choice_at("bound")) spec_.bound = *chosen == 0 ? Bound::open : Bound::at_start;
}

void SpecDecoder::read_stripes() {
  constexpr std::array values{Stripes::automatic, Stripes::off, Stripes::on};
  if (const auto chosen = choice_at("stripes")) spec_.stripes = values[*chosen];
}

void SpecDecoder::read_order() {
  constexpr std::array values{Order::automatic, Order::key, Order::heap};
  if (const auto chosen = choice_at("order")) spec_.order = values[*chosen];
}

void SpecDecoder::read_throttle() {
  const YamlNode* value = value_of("throttle");
  if (value == nullptr || !is_map(*find_field("throttle"), *value)) return;
  auto throttle = ThrottleDecoder(source_).decode(*value);
  if (throttle) {
    spec_.throttle = std::move(*throttle);
  } else {
    error_ = throttle.error();
  }
}

void SpecDecoder::read_assume() {
  const YamlNode* value = value_of("assume");
  if (value == nullptr || !is_map(*find_field("assume"), *value)) return;
  for (std::size_t i = 0; i < value->items.size(); ++i) {
    const std::vector<std::string> name = name_at(value->keys[i], 2);
    if (name.empty()) return;
    const std::string& word = value->items[i].text;
    if (word != "harmless" && word != "reads_table") return bad_value(*find_field("assume"), value->items[i]);
    const auto effect = word == "harmless" ? Assumption::Effect::harmless : Assumption::Effect::reads_table;
    spec_.assume.push_back({name.size() == 2 ? name.front() : "", name.back(), effect});
  }
}

void SpecDecoder::read_connection() {
  const YamlNode* value = value_of("connection");
  if (value == nullptr || !is_map(*find_field("connection"), *value)) return;
  read_keywords(*value, spec_.connection);
}

}  // namespace pgfill::spec
