#include "spec/spec_decoder.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include "spec/connection_keywords.h"
#include "spec/did_you_mean.h"
#include "spec/duration.h"
#include "spec/expression.h"
#include "spec/job_name.h"
#include "spec/sql_name.h"

namespace pgfill::spec {

namespace {

constexpr std::size_t most_key_columns = 32;  // INDEX_MAX_KEYS of PostgreSQL

std::string path_of(std::string_view group, std::string_view name) {
  return group.empty() ? std::string(name) : std::string(group) + '.' + std::string(name);
}

}  // namespace

void SpecDecoder::fail(ErrorCode code, const SourcePlace& place, std::string message, std::string hint,
                       std::string remark) {
  if (error_) return;
  Error error;
  error.code = code;
  error.place = place;
  error.message = std::move(message);
  error.hint = std::move(hint);
  error.remark = std::move(remark);
  error_ = std::move(error);
}

void SpecDecoder::fail(ErrorCode code, const YamlNode& at, std::string message, std::string hint, std::string remark) {
  fail(code, source_.place(at.offset, at.length), std::move(message), std::move(hint), std::move(remark));
}

void SpecDecoder::bad_value(const Field& field, const YamlNode& value, std::string remark) {
  const std::string name = in_quotes(field.path);
  std::string message = "field " + name + " cannot be " + in_quotes(value.text);
  if (value.kind == YamlNode::Kind::null) message = "field " + name + " has no value";
  if (value.kind == YamlNode::Kind::map) message = "field " + name + " cannot be a map";
  if (value.kind == YamlNode::Kind::sequence) message = "field " + name + " cannot be a list";
  std::string hint = "legal: " + legal_values(field) + "; pgfill explain " + std::string(field.path);
  // A value that is missing has no place of its own.
  const bool nothing = value.kind == YamlNode::Kind::null && value.text.empty();
  fail(ErrorCode::spec_bad_value, nothing ? key_of(field.path) : value, std::move(message), std::move(hint),
       std::move(remark));
}

void SpecDecoder::check_names(const YamlNode& map, std::string_view group) {
  for (std::size_t index = 0; index < map.keys.size() && ok(); ++index) {
    const YamlNode& key = map.keys[index];
    const std::string path = path_of(group, key.text);
    const bool dotted = key.text.find('.') != std::string::npos;
    const Field* field = dotted ? nullptr : find_field(path);
    if (field == nullptr) {
      const std::string advice = advice_for_unknown(group, key.text);
      fail(ErrorCode::spec_unknown_field, key, "unknown field " + in_quotes(path),
           "jobs/README.md lists all fields; pgfill explain FIELD tells about one", advice);
    } else if (!field->works) {
      fail(ErrorCode::spec_not_yet, key, "field " + in_quotes(path) + " is not supported by this version",
           "take the field out; pgfill explain " + path + " tells what it will do");
    }
  }
}

void SpecDecoder::check_required() {
  for (const Field& field : all_fields()) {
    if (!field.required || find_value(root_, field.path) != nullptr) continue;
    fail(ErrorCode::spec_missing_field, root_, "field " + in_quotes(field.path) + " is missing",
         "add a line like `" + std::string(field.example) + "`");
  }
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
  read_key();
  read_bound();
  read_connection();
  read_batch();
  read_workers();
  read_bad_rows();
  read_owner();
  read_runbook();
  // Last, because expressions are judged by table, alias and key.
  read_set();
  read_where();
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
  auto parsed = parse_name(node.text);
  if (!parsed) {
    fail(parsed.error().code, node, parsed.error().message, parsed.error().hint);
    return {};
  }
  if (parsed->size() > most_parts) {
    const std::string wanted = most_parts == 1 ? "one name without dots" : "name or schema.name";
    fail(ErrorCode::spec_bad_value, node, in_quotes(node.text) + " has too many parts", "write " + wanted);
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
      return fail(ErrorCode::spec_bad_value, item, "key column " + in_quotes(parts.front()) + " is listed twice",
                  "leave one of the two out");
    }
    spec_.key.push_back(parts.front());
  }
}

void SpecDecoder::read_bound() {
  if (const auto chosen = choice_at("bound")) spec_.bound = *chosen == 0 ? Bound::open : Bound::at_start;
}

void SpecDecoder::read_connection() {
  const YamlNode* value = value_of("connection");
  if (value == nullptr || !is_map(*find_field("connection"), *value)) return;
  for (std::size_t index = 0; index < value->keys.size() && ok(); ++index) {
    read_keyword(value->keys[index], value->items[index]);
  }
}

void SpecDecoder::read_keyword(const YamlNode& keyword, const YamlNode& value) {
  const std::vector<std::string_view>& known = connection_keywords();
  if (is_secret_keyword(keyword.text)) {
    SourcePlace place = source_.place(keyword.offset, keyword.length);
    place.line_text.clear();  // the secret must not be printed
    return fail(ErrorCode::password_on_command, place, "a " + keyword.text + " does not belong in a spec",
                "keep it in ~/.pgpass or in a service file (~/.pg_service.conf), and leave it out here");
  }
  if (std::find(known.begin(), known.end(), keyword.text) == known.end()) {
    const std::string_view reason = refused_keyword(keyword.text);
    const auto similar = did_you_mean(keyword.text, known);
    const std::string remark = similar ? "did you mean \"" + std::string(*similar) + "\"?" : "";
    return fail(ErrorCode::spec_unknown_field, keyword,
                "connection keyword " + in_quotes(keyword.text) + (reason.empty() ? " is unknown" : " cannot be set"),
                reason.empty() ? "pgfill takes the keywords of libpq" : std::string(reason),
                reason.empty() ? remark : "");
  }
  if (value.kind != YamlNode::Kind::scalar || value.text.empty()) {
    return fail(ErrorCode::spec_bad_value, value.kind == YamlNode::Kind::null ? keyword : value,
                "connection keyword " + in_quotes(keyword.text) + " needs one value", "write `keyword: value`");
  }
  if (keyword.text == "dbname" && is_connection_string(value.text)) {
    SourcePlace place = source_.place(keyword.offset, keyword.length);
    place.line_text.clear();  // it may hold a password
    return fail(ErrorCode::spec_bad_value, place, "dbname holds a whole connection string",
                "write its parts as keywords of their own: host, port, dbname, user");
  }
  spec_.connection.emplace_back(keyword.text, value.text);
}

}  // namespace pgfill::spec
