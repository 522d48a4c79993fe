// The part of SpecDecoder that reads numbers, durations and SQL expressions; and the public functions over it.
#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <utility>

#include "parse/sql_scan.h"
#include "spec/did_you_mean.h"
#include "spec/duration.h"
#include "spec/expression.h"
#include "spec/link.h"
#include "spec/spec_decoder.h"

namespace pgfill {

namespace spec {

namespace {

/// Code points of UTF-8, as the JSON Schema counts.
std::int64_t characters(std::string_view text) {
  return std::count_if(text.begin(), text.end(),
                       [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; });
}

}  // namespace

std::optional<int> SpecDecoder::integer_at(std::string_view path) {
  const YamlNode* value = scalar_of(path);
  if (value == nullptr) return std::nullopt;
  const Field& field = *find_field(path);
  int number = 0;
  const char* const end = value->text.data() + value->text.size();
  const auto [stop, failure] = std::from_chars(value->text.data(), end, number);
  const bool written_well = failure == std::errc{} && stop == end;
  if (!written_well || number < field.least || number > field.most) {
    bad_value(field, *value);
    return std::nullopt;
  }
  return number;
}

std::optional<std::size_t> SpecDecoder::choice_at(std::string_view path) {
  const YamlNode* value = scalar_of(path);
  if (value == nullptr) return std::nullopt;
  const Field& field = *find_field(path);
  const std::vector<std::string_view> choices = choices_of(field);
  const auto chosen = std::find(choices.begin(), choices.end(), value->text);
  if (chosen != choices.end()) return static_cast<std::size_t>(chosen - choices.begin());
  const auto similar = did_you_mean(value->text, choices);
  bad_value(field, *value, similar ? "did you mean \"" + std::string(*similar) + "\"?" : "");
  return std::nullopt;
}

std::string SpecDecoder::text_at(std::string_view path) {
  const YamlNode* value = scalar_of(path);
  if (value == nullptr) return {};
  const Field& field = *find_field(path);
  const std::string& text = value->text;
  const bool blank = text.find_first_not_of(' ') == std::string::npos;
  if (!blank && text.find_first_of("\t\r\n") == std::string::npos && characters(text) <= field.most) return text;
  bad_value(field, *value, blank ? "leave the field out when there is nothing to say" : "");
  return {};
}

void SpecDecoder::read_bad_rows() {
  const YamlNode* bad_rows = value_of("bad_rows");
  if (bad_rows == nullptr || !is_map(*find_field("bad_rows"), *bad_rows)) return;
  check_names(*bad_rows, "bad_rows");
  if (const auto action = choice_at("bad_rows.action")) {
    spec_.bad_rows.action = *action == 0 ? BadRows::Action::stop : BadRows::Action::quarantine;
  }
  if (const auto at_most = integer_at("bad_rows.at_most")) spec_.bad_rows.at_most = *at_most;
}

void SpecDecoder::read_owner() {
  spec_.owner = text_at("owner");
}

void SpecDecoder::read_runbook() {
  std::string text = text_at("runbook");
  if (!ok() || text.empty()) return;
  if (!is_link(text)) {
    const bool word = text.find_first_of("/: ") == std::string::npos;
    return bad_value(*find_field("runbook"), *value_of("runbook"), word ? "a file here? write ./" + text : "");
  }
  spec_.runbook = std::move(text);
}

void SpecDecoder::read_workers() {
  const YamlNode* written = value_of("workers");
  if (written != nullptr && written->kind == YamlNode::Kind::scalar && written->text == "auto") return;
  if (const auto workers = integer_at("workers")) spec_.workers = *workers;
}

void SpecDecoder::read_batch() {
  const YamlNode* batch = value_of("batch");
  if (batch == nullptr || !is_map(*find_field("batch"), *batch)) return;
  check_names(*batch, "batch");
  if (const YamlNode* time = scalar_of("batch.time")) {
    const Field& field = *find_field("batch.time");
    const auto duration = parse_duration(time->text);
    if (!duration) return bad_value(field, *time, duration_advice(time->text));
    if (duration->count() < field.least || duration->count() > field.most) return bad_value(field, *time);
    spec_.batch.target_time = *duration;
  }
  const auto least = integer_at("batch.min_rows");
  const auto most = integer_at("batch.max_rows");
  if (!ok()) return;
  BatchLimits& limits = spec_.batch;
  if (least) limits.min_rows = *least;
  if (most) limits.max_rows = *most;
  if (least && most && *least > *most) {
    return fail(ErrorCode::spec_bad_value, *value_of("batch.min_rows"),
                "min_rows " + std::to_string(*least) + " is larger than max_rows " + std::to_string(*most),
                "make min_rows the smaller one");
  }
  // Only one of the two was written: the other's default follows it.
  if (!least) limits.min_rows = std::min(limits.min_rows, limits.max_rows);
  if (!most) limits.max_rows = std::max(limits.min_rows, limits.max_rows);
}

std::string SpecDecoder::expression_at(const YamlNode& node, bool condition) {
  // As in a statement, the bound is one for all expressions: many long ones would take seconds to parse.
  sql_bytes_ += node.text.size();
  if (node.text.size() <= parse::max_sql_bytes && sql_bytes_ > parse::max_sql_bytes) {
    fail(ErrorCode::spec_too_large, node,
         "the expressions of the spec are longer than " + std::to_string(parse::max_sql_bytes) + " bytes together",
         "put long lists of values into a table and read them with a sub-select");
    return {};
  }
  const ExpressionContext context{spec_.schema, spec_.table, spec_.alias, condition};
  auto checked = check_expression(node.text, context);
  if (const parse::SqlProblem* problem = parse::problem_in(checked)) {
    const SourcePlace place = place_in_scalar(source_, node, problem->offset, problem->length);
    fail(problem->code, place, problem->message, problem->hint, problem->remark);
    return {};
  }
  return std::get<std::string>(std::move(checked));
}

void SpecDecoder::check_assignment(const YamlNode& key, const std::string& column) {
  const auto same = [&](const Assignment& other) { return other.column == column; };
  if (std::any_of(spec_.set().begin(), spec_.set().end(), same)) {
    return fail(ErrorCode::spec_duplicate_field, key, "column " + parse::in_quotes(column) + " is set twice",
                "leave one of the two out");
  }
  if (std::find(spec_.key.begin(), spec_.key.end(), column) == spec_.key.end()) return;
  fail(ErrorCode::sql_not_batchable, key,
       "column " + parse::in_quotes(column) +
           " is part of the key: a row that moves along the key could be met twice, or never",
       "follow another unique index with `key`, or set this column by hand");
}

void SpecDecoder::read_set() {
  const YamlNode* value = value_of("set");
  const Field& field = *find_field("set");
  if (value == nullptr || !is_map(field, *value)) return;
  for (std::size_t index = 0; index < value->keys.size() && ok(); ++index) {
    const YamlNode& key = value->keys[index];
    const YamlNode& item = value->items[index];
    const std::vector<std::string> parts = name_at(key, 1);
    if (parts.empty()) return;
    check_assignment(key, parts.front());
    // NULL is SQL's word too; `~` and nothing are only YAML's.
    const bool word = item.kind == YamlNode::Kind::null && item.text.size() == 4;
    if (item.kind != YamlNode::Kind::scalar && !word) {
      return fail(ErrorCode::spec_bad_value, item.kind == YamlNode::Kind::null ? key : item,
                  "column " + parse::in_quotes(parts.front()) + " needs one SQL expression",
                  "write `column: expression`; NULL for no value");
    }
    std::string expression = expression_at(item, false);
    if (ok()) spec_.set().push_back({parts.front(), std::move(expression)});
  }
}

void SpecDecoder::read_where() {
  const YamlNode* value = scalar_of("where");
  if (value != nullptr) spec_.where = expression_at(*value, true);
}

}  // namespace spec

namespace {

Error unreadable(const std::string& path, const std::string& reason) {
  Error error;
  error.code = ErrorCode::spec_unreadable;
  error.message = "cannot read " + parse::in_quotes(path) + ": " + reason;
  error.hint = "give the path of a spec file, or an SQL statement in quotes";
  error.place.file = path;
  return error;
}

}  // namespace

Result<JobSpec> parse_spec(std::string_view yaml, std::string file) {
  constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
  if (yaml.starts_with(byte_order_mark)) yaml.remove_prefix(byte_order_mark.size());
  const parse::SourceText source(std::move(file), yaml);
  const auto root = spec::read_yaml(source);
  if (!root) return root.error();
  return spec::SpecDecoder(source, *root).decode();
}

Result<JobSpec> load_spec(const std::string& path) {
  std::error_code failure;
  if (std::filesystem::is_directory(path, failure)) return unreadable(path, "it is a directory");
  std::ifstream stream(path, std::ios::binary);
  if (!stream) return unreadable(path, std::strerror(errno));
  // One byte more than is allowed, so that parse_spec sees a file that is too large, whatever its size.
  std::string text(parse::max_spec_bytes + 1, '\0');
  stream.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (stream.bad()) return unreadable(path, std::strerror(errno));
  text.resize(static_cast<std::size_t>(stream.gcount()));
  return parse_spec(text, path);
}

}  // namespace pgfill
