#include "spec/common_tables.h"

#include <algorithm>
#include <map>
#include <utility>

#include "parse/sql_name.h"
#include "parse/sql_tree.h"

namespace pgfill::spec {
namespace {

using nlohmann::json;
using Tokens = std::vector<parse::Token>;

/// Calls it for each node of a kind.
template <typename Visit>
void for_each(const json& tree, std::string_view kind, const Visit& visit) {
  if (!tree.is_structured()) return;
  for (const auto& item : tree.items()) {
    if (tree.is_object() && item.key() == kind) visit(item.value());
    for_each(item.value(), kind, visit);
  }
}

std::optional<std::size_t> token_at(const Tokens& tokens, const json& node) {
  const json& location = parse::field_of(node, "location");
  if (!location.is_number_unsigned()) return std::nullopt;
  const auto is_it = [&](const parse::Token& token) { return token.begin == location.get<std::size_t>(); };
  const auto found = std::find_if(tokens.begin(), tokens.end(), is_it);
  if (found == tokens.end()) return std::nullopt;
  return static_cast<std::size_t>(found - tokens.begin());
}

/// The bracket that closes the one at `open`.
std::size_t closing(const Tokens& tokens, std::size_t open) {
  int depth = 0;
  for (std::size_t at = open; at < tokens.size(); ++at) {
    if (tokens[at].text == "(") ++depth;
    if (tokens[at].text == ")" && --depth == 0) return at;
  }
  return tokens.size();
}

/// Where a query of WITH stands: `name [(columns)] AS [[NOT] MATERIALIZED] (…)`; indexes of tokens.
struct Query {
  std::string name;
  std::string columns;  ///< with their brackets; empty: none
  std::size_t begin = 0, open = 0, close = 0;
};

std::optional<Query> find_query(std::string_view text, const Tokens& tokens, const json& node) {
  const auto at = token_at(tokens, node);
  if (!at) return std::nullopt;
  Query query{parse::text_of(node, "ctename"), {}, *at};
  std::size_t next = *at + 1;
  if (next < tokens.size() && tokens[next].text == "(") {
    const std::size_t close = closing(tokens, next);
    if (close == tokens.size()) return std::nullopt;
    query.columns = text.substr(tokens[next].begin, tokens[close].end - tokens[next].begin);
    next = close + 1;
  }
  while (next < tokens.size() && tokens[next].text != "(") ++next;
  query.open = next;
  query.close = closing(tokens, next);
  return query.close < tokens.size() ? std::optional(query) : std::nullopt;
}

bool names(const json& table, const json& target) {
  const std::string schema = parse::text_of(table, "schemaname");
  const std::string other = parse::text_of(target, "schemaname");
  return parse::text_of(table, "relname") == parse::text_of(target, "relname") &&
         (schema.empty() || other.empty() || schema == other);
}

/// What only the whole statement can do.
bool is_more_than_a_name(const json& node, const json& change) {
  if (!parse::field_of(parse::field_of(node, "ctequery"), "SelectStmt").is_object()) return true;
  bool more = false;
  for_each(parse::field_of(node, "ctequery"), "RangeVar",
           [&](const json& table) { more = more || names(table, parse::field_of(change, "relation")); });
  // A second query of the name hides the first one somewhere.
  int same = 0;
  for_each(change, "CommonTableExpr", [&](const json& other) {
    same += parse::text_of(other, "ctename") == parse::text_of(node, "ctename") ? 1 : 0;
  });
  return more || same != 1;
}

/// Texts that are put before the tokens of these indexes, or instead of them.
struct Edits {
  std::map<std::size_t, std::string> instead;
  std::map<std::size_t, std::string> behind;
};

/// One place that names the query: the query itself, called as it was called there. False: it cannot be written so.
bool write_query(const json& table, const Tokens& tokens, const Query& query, const std::string& body, Edits& edits) {
  const auto at = token_at(tokens, table);
  if (!at) return false;
  edits.instead[*at] = '(' + body + ')';
  const json& alias = parse::field_of(table, "alias");
  if (!alias.is_object()) {
    edits.behind[*at] = " AS " + parse::write_name(query.name) + (query.columns.empty() ? "" : ' ' + query.columns);
    return true;
  }
  if (query.columns.empty()) return true;
  if (alias.contains("colnames")) return false;
  const std::size_t called = *at + (*at + 1 < tokens.size() && parse::is_keyword(tokens[*at + 1], "as") ? 2 : 1);
  edits.behind[called] = ' ' + query.columns;
  return true;
}

/// The text from behind the query on, edited.
std::string edited(std::string_view text, const Tokens& tokens, std::size_t first, const Edits& edits) {
  std::string written;
  std::size_t copied = first < tokens.size() ? tokens[first].begin : text.size();
  for (std::size_t at = first; at < tokens.size(); ++at) {
    const auto instead = edits.instead.find(at);
    const auto behind = edits.behind.find(at);
    if (instead == edits.instead.end() && behind == edits.behind.end()) continue;
    const std::size_t end = instead == edits.instead.end() ? tokens[at].end : tokens[at].begin;
    written += text.substr(copied, end - copied);
    if (instead != edits.instead.end()) written += instead->second;
    if (behind != edits.behind.end()) written += behind->second;
    copied = tokens[at].end;
  }
  return written + std::string(text.substr(copied));
}

}  // namespace

std::optional<std::string> without_first_with(std::string_view text, const Tokens& tokens, const json& change) {
  const json& with = parse::field_of(change, "withClause");
  const json& queries = parse::field_of(with, "ctes");
  if (!queries.is_array() || queries.empty() || parse::field_of(with, "recursive") == true) return std::nullopt;
  const json& node = parse::field_of(queries[0], "CommonTableExpr");
  if (is_more_than_a_name(node, change)) return std::nullopt;
  const auto query = find_query(text, tokens, node);
  if (!query) return std::nullopt;
  const std::size_t begin = tokens[query->open].end;
  const std::string body(text.substr(begin, tokens[query->close].begin - begin));
  Edits edits;
  bool can = true;
  for_each(change, "RangeVar", [&](const json& table) {
    if (!can || table.contains("schemaname") || parse::text_of(table, "relname") != query->name) return;
    can = write_query(table, tokens, *query, body, edits);
  });
  if (!can) return std::nullopt;
  const bool more = queries.size() > 1;
  return (more ? "WITH " : "") + edited(text, tokens, query->close + (more ? 2 : 1), edits);
}

}  // namespace pgfill::spec
