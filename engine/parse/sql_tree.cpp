#include "parse/sql_tree.h"

#include <pg_query.h>

#include <algorithm>
#include <memory>
#include <new>

#include "parse/sql_hints.h"

namespace pgfill::parse {

namespace {

/// Nesting of JSON brackets; one operator takes two. Our own walks recurse, so this bounds their stack.
constexpr std::size_t max_tree_depth = 2000;
/// libpg_query prints the right side of (a, b, …) = … once per column; this bounds columns times text.
constexpr std::size_t max_copied_bytes = std::size_t{256} * 1024;

SqlProblem too_large(const char* message, std::size_t offset) {
  SqlProblem problem;
  problem.code = ErrorCode::spec_too_large;
  problem.message = message;
  problem.hint = "put long lists of values into a table and read them with a sub-select, or use several jobs";
  problem.offset = offset;
  return problem;
}

std::optional<SqlProblem> check_column_lists(std::string_view text, const std::vector<Token>& tokens) {
  std::vector<std::size_t> commas_of_open_groups;
  for (std::size_t index = 0; index < tokens.size(); ++index) {
    const std::string_view token = tokens[index].text;
    if (token == "(") commas_of_open_groups.push_back(0);
    if (commas_of_open_groups.empty()) continue;
    if (token == ",") ++commas_of_open_groups.back();
    if (token != ")") continue;
    const std::size_t columns = commas_of_open_groups.back() + 1;
    commas_of_open_groups.pop_back();
    const bool assigned = index + 1 < tokens.size() && tokens[index + 1].text == "=";
    if (assigned && columns * text.size() > max_copied_bytes) {
      return too_large("a list of columns is too long for a statement of this size", tokens[index].begin);
    }
  }
  return std::nullopt;
}

std::size_t nesting_of(std::string_view json) {
  std::size_t depth = 0;
  std::size_t deepest = 0;
  bool in_string = false;
  for (std::size_t at = 0; at < json.size(); ++at) {
    const char c = json[at];
    if (in_string) {
      if (c == '\\') ++at;
      if (c == '"') in_string = false;
    } else if (c == '"') {
      in_string = true;
    } else if (c == '{' || c == '[') {
      deepest = std::max(deepest, ++depth);
    } else if ((c == '}' || c == ']') && depth > 0) {
      --depth;
    }
  }
  return deepest;
}

SqlProblem syntax_problem(const PgQueryError& error, std::string_view text, const std::vector<Token>& tokens) {
  SqlProblem problem;
  problem.code = ErrorCode::sql_syntax;
  problem.message = error.message;
  problem.offset = byte_offset(text, error.cursorpos);
  problem.hint = syntax_hint(tokens, problem.offset);
  problem.length = token_length_at(tokens, problem.offset);
  return problem;
}

}  // namespace

OrProblem<nlohmann::json> parse_sql(std::string_view text, const std::vector<Token>& tokens) {
  if (auto problem = check_column_lists(text, tokens)) return *problem;
  const std::string terminated(text);
  PgQueryParseResult raw = pg_query_parse(terminated.c_str());
  const std::unique_ptr<PgQueryParseResult, void (*)(PgQueryParseResult*)> guard(
      &raw, [](PgQueryParseResult* result) { pg_query_free_parse_result(*result); });
  if (raw.error != nullptr) return syntax_problem(*raw.error, text, tokens);
  if (raw.parse_tree == nullptr) throw std::bad_alloc();
  const std::string_view printed(raw.parse_tree);
  if (nesting_of(printed) > max_tree_depth) return too_large("the SQL text is nested too deeply", 0);
  nlohmann::json tree = nlohmann::json::parse(printed, nullptr, false);
  if (tree.is_discarded()) {
    SqlProblem problem;
    problem.code = ErrorCode::internal;
    problem.message = "the tree that libpg_query prints for this SQL is not JSON";
    problem.hint = "write the expression in another way, and report this with the text";
    return problem;
  }
  return tree;
}

std::string rewritten_sql(std::string_view text) {
  const std::string terminated(text);
  PgQueryProtobufParseResult parsed = pg_query_parse_protobuf(terminated.c_str());
  const std::unique_ptr<PgQueryProtobufParseResult, void (*)(PgQueryProtobufParseResult*)> parsed_guard(
      &parsed, [](PgQueryProtobufParseResult* result) { pg_query_free_protobuf_parse_result(*result); });
  if (parsed.error != nullptr) return {};
  PgQueryDeparseResult written = pg_query_deparse_protobuf(parsed.parse_tree);
  const std::unique_ptr<PgQueryDeparseResult, void (*)(PgQueryDeparseResult*)> written_guard(
      &written, [](PgQueryDeparseResult* result) { pg_query_free_deparse_result(*result); });
  return written.error != nullptr || written.query == nullptr ? std::string() : std::string(written.query);
}

std::optional<std::size_t> first_location(const nlohmann::json& node) {
  std::optional<std::size_t> first;
  const auto take = [&first](std::size_t location) { first = first ? std::min(*first, location) : location; };
  for (const auto& item : node.items()) {
    const nlohmann::json& value = item.value();
    if (node.is_object() && item.key() == "location" && value.is_number_integer()) {
      if (value.get<long>() >= 0) take(value.get<std::size_t>());
    } else if (value.is_structured()) {
      if (const auto inner = first_location(value)) take(*inner);
    }
  }
  return first;
}

nlohmann::json without_locations(nlohmann::json node) {
  if (node.is_object()) node.erase("location");
  for (nlohmann::json& value : node) {
    if (value.is_structured()) value = without_locations(std::move(value));
  }
  return node;
}

const nlohmann::json& field_of(const nlohmann::json& node, const char* name) {
  static const nlohmann::json nothing;
  const auto found = node.is_object() ? node.find(name) : node.end();
  return found != node.end() ? *found : nothing;
}

std::string text_of(const nlohmann::json& node, const char* name) {
  const nlohmann::json& field = field_of(node, name);
  return field.is_string() ? field.get<std::string>() : std::string();
}

std::string last_name(const nlohmann::json& names) {
  return names.is_array() && !names.empty() ? text_of(field_of(names.back(), "String"), "sval") : "";
}

}  // namespace pgfill::parse

#if defined(__SANITIZE_ADDRESS__)
// pg_query_parse_plpgsql() of libpg_query 15 keeps one empty text of each call; OpenSSL a certificate that it refuses.
extern "C" const char* __lsan_default_suppressions();
extern "C" const char* __lsan_default_suppressions() {
  return "leak:pg_query_raw_parse\nleak:libcrypto.so\n";
}
extern "C" const char* __lsan_default_options();
extern "C" const char* __lsan_default_options() {
  return "print_suppressions=0";
}
#endif
