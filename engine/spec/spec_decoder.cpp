#include "spec/spec_decoder.h"

#include <algorithm>
#include <utility>

#include "parse/sql_name.h"
#include "parse/sql_scan.h"
#include "spec/expression.h"
#include "spec/joined.h"

namespace pgfill::spec {

namespace {

/// Read after all others: expressions are judged by table, alias and key.
bool holds_sql(const Field& field) {
  return field.type == FieldType::assignments || field.type == FieldType::condition;
}

const YamlNode* key_in(const YamlNode& map, std::string_view name) {
  const auto same = [&](const YamlNode& key) { return key.text == name; };
  const auto found = std::find_if(map.keys.begin(), map.keys.end(), same);
  return found == map.keys.end() ? nullptr : &*found;
}

}  // namespace

const YamlNode* SpecDecoder::value_of(std::string_view path) const {
  const std::size_t dot = path.find('.');
  const YamlNode* top = find_value(root_, path.substr(0, dot));
  return dot == std::string_view::npos || top == nullptr ? top : find_value(*top, path.substr(dot + 1));
}

const YamlNode& SpecDecoder::key_of(std::string_view path) const {
  const YamlNode* key = key_in(root_, path);
  return key == nullptr ? root_ : *key;
}

void SpecDecoder::check_required(const YamlNode& map, std::string_view group) {
  for (const std::string_view name : names_below(group)) {
    const Field& field = *find_field(path_of(group, name));
    if (!field.required || find_value(map, name) != nullptr) continue;
    const std::string example(field.example);
    fail(ErrorCode::spec_missing_field, map, "field " + parse::in_quotes(field.path) + " is missing",
         group.empty() ? "add a line like `" + example + "`" : "as in " + example);
  }
}

bool SpecDecoder::is_map(const Found& found) {
  const bool filled = found.value.kind == YamlNode::Kind::map && !found.value.items.empty();
  if (!filled) bad(found, "write a map: " + std::string(found.field.example));
  return filled;
}

void SpecDecoder::read_rows(const Found& found, void* owner) {
  if (found.field.type == FieldType::group && !is_map(found)) return;
  check_names(found.value, found.field.path);
  check_required(found.value, found.field.path);
  for (const std::string_view name : names_below(found.field.path)) {
    read_row(*find_field(path_of(found.field.path, name)), found.value, owner);
  }
}

void SpecDecoder::read_row(const Field& field, const YamlNode& map, void* owner) {
  const YamlNode* value = ok() ? find_value(map, leaf_of(field.path)) : nullptr;
  if (value == nullptr || !field.works) return;
  const Found found{field, *key_in(map, leaf_of(field.path)), *value};
  if (field.binding.read == nullptr) {
    read_rows(found, owner);
  } else {
    field.binding.read(*this, found, owner);
  }
}

Result<JobSpec> SpecDecoder::decode() {
  if (root_.kind != YamlNode::Kind::map) {
    const bool empty = root_.kind == YamlNode::Kind::null;
    fail(ErrorCode::spec_syntax, root_, empty ? "the spec is empty" : "a spec is a map of fields",
         "pgfill init \"UPDATE …\" writes a spec from a statement");
  }
  check_names(root_, "");
  check_required(root_, "");
  for (const bool sql : {false, true}) {
    if (sql) check_kind();
    for (const std::string_view name : names_below("")) {
      const Field& field = *find_field(name);
      if (holds_sql(field) == sql) read_row(field, root_, &spec_);
    }
  }
  check_batch();
  check_deletion();
  if (error_) return std::move(*error_);
  return std::move(spec_);
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

bool SpecDecoder::is_too_much(const YamlNode& node) {
  // As in a statement, the bound is one for all expressions: many long ones would take seconds to parse.
  sql_bytes_ += node.text.size();
  if (node.text.size() > parse::max_sql_bytes || sql_bytes_ <= parse::max_sql_bytes) return false;
  fail(ErrorCode::spec_too_large, node,
       "the expressions of the spec are longer than " + std::to_string(parse::max_sql_bytes) + " bytes together",
       "put long lists of values into a table and read them with a sub-select");
  return true;
}

std::string SpecDecoder::expression_at(const YamlNode& node, bool condition) {
  if (is_too_much(node)) return {};
  return sql_at(node, check_expression(node.text, {spec_.schema, spec_.table, spec_.alias, condition}));
}

std::string SpecDecoder::joined_at(const YamlNode& node) {
  if (is_too_much(node)) return {};
  return sql_at(node, check_joined(node.text, {spec_.schema, spec_.table, spec_.alias, true}));
}

std::string SpecDecoder::sql_at(const YamlNode& node, parse::OrProblem<std::string> checked) {
  if (const parse::SqlProblem* problem = parse::problem_in(checked)) {
    const SourcePlace place = place_in_scalar(source_, node, problem->offset, problem->length);
    fail(problem->code, place, problem->message, problem->hint, problem->remark);
    return {};
  }
  return std::get<std::string>(std::move(checked));
}

}  // namespace pgfill::spec
