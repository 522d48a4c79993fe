#include "spec/identity.h"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>

#include "parse/source_text.h"
#include "parse/sql_name.h"
#include "spec/expression.h"
#include "spec/joined.h"
#include "spec/spec_difference.h"

namespace pgfill::spec {

namespace {

constexpr std::size_t longest_whole = 120;
/// Bytes of a longer value that are shown before and behind the place where it differs.
constexpr std::size_t shown_before = 40;
constexpr std::size_t shown_behind = 70;

bool continues_character(char c) {
  return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U;
}

/// The value in quotes; of a long one the part around `at`.
std::string excerpt(std::string_view text, std::size_t at) {
  if (text.size() <= longest_whole) return parse::in_quotes(text);
  std::size_t begin = at > shown_before ? at - shown_before : 0;
  std::size_t end = std::min(text.size(), at + shown_behind);
  while (begin > 0 && continues_character(text[begin])) --begin;
  while (end < text.size() && continues_character(text[end])) --end;
  std::string part(text.substr(begin, end - begin));
  if (begin > 0) part.insert(0, "...");
  if (end < text.size()) part += "...";
  return parse::in_quotes(part);
}

FieldDifference difference_of(std::string field, std::string_view registered, std::string_view now) {
  const auto same = std::mismatch(registered.begin(), registered.end(), now.begin(), now.end());
  const auto at = static_cast<std::size_t>(same.first - registered.begin());
  return {std::move(field), excerpt(registered, at), excerpt(now, at)};
}

std::string table_of(const JobSpec& spec) {
  return (spec.schema.empty() ? "" : parse::write_name(spec.schema) + '.') + parse::write_name(spec.table);
}

const std::string& alias_of(const JobSpec& spec) {
  return spec.alias.empty() ? spec.table : spec.alias;
}

std::string key_of(const JobSpec& spec) {
  if (spec.key.empty()) return "chosen from the catalogue";
  std::string list = "[";
  for (const std::string& column : spec.key) list += (list.size() > 1 ? ", " : "") + parse::write_name(column);
  return list + ']';
}

std::map<std::string, std::string> set_of(const JobSpec& spec) {
  std::map<std::string, std::string> set;
  for (const Assignment& assignment : spec.set()) set[assignment.column] = assignment.expression;
  return set;
}

}  // namespace

void canonical_table(const JobSpec& spec, nlohmann::ordered_json& form) {
  form["table"] = {spec.schema, spec.table};
}

void canonical_alias(const JobSpec& spec, nlohmann::ordered_json& form) {
  form["alias"] = alias_of(spec);
}

/// SET is unordered: every expression sees the old row.
void canonical_set(const JobSpec& spec, nlohmann::ordered_json& form) {
  form["set"] = nlohmann::ordered_json::array();
  std::vector<Assignment> set = spec.set();
  const auto by_column = [](const Assignment& left, const Assignment& right) { return left.column < right.column; };
  std::sort(set.begin(), set.end(), by_column);
  for (const Assignment& assignment : set) {
    const std::string expression = canonical_expression(assignment.expression, false);
    form["set"].push_back(nlohmann::ordered_json::array({assignment.column, expression}));
  }
}

void canonical_from(const JobSpec& spec, nlohmann::ordered_json& form) {
  if (!spec.from.empty()) form["from"] = canonical_joined(spec.from);
}

void canonical_where(const JobSpec& spec, nlohmann::ordered_json& form) {
  form["where"] = spec.where.empty() ? "" : canonical_expression(spec.where, true);
}

void canonical_key(const JobSpec& spec, nlohmann::ordered_json& form) {
  form["key"] = spec.key;
}

void canonical_bound_of_job(const JobSpec& spec, nlohmann::ordered_json& form) {
  form["bound"] = spec.bound == Bound::open ? "open" : "at_start";
}

void differ_in_table(const JobSpec& registered, const JobSpec& now, Differences& found) {
  if (table_of(registered) == table_of(now)) return;
  found.push_back(difference_of("table", table_of(registered), table_of(now)));
}

void differ_in_alias(const JobSpec& registered, const JobSpec& now, Differences& found) {
  // Without an alias of its own a job is called by its table, which has been compared.
  const bool has_alias = !registered.alias.empty() || !now.alias.empty();
  if (!has_alias || alias_of(registered) == alias_of(now)) return;
  found.push_back(difference_of("alias", parse::write_name(alias_of(registered)), parse::write_name(alias_of(now))));
}

void differ_in_key(const JobSpec& registered, const JobSpec& now, Differences& found) {
  if (registered.key != now.key) found.push_back({"key", key_of(registered), key_of(now)});
}

void differ_in_set(const JobSpec& registered, const JobSpec& now, Differences& found) {
  const auto before = set_of(registered);
  const auto after = set_of(now);
  for (const auto& [column, expression] : before) {
    const std::string field = "set." + parse::write_name(column);
    const auto other = after.find(column);
    if (other == after.end()) {
      found.push_back({field, excerpt(expression, 0), "not set"});
    } else if (canonical_expression(expression, false) != canonical_expression(other->second, false)) {
      found.push_back(difference_of(field, expression, other->second));
    }
  }
  for (const auto& [column, expression] : after) {
    if (!before.contains(column))
      found.push_back({"set." + parse::write_name(column), "not set", excerpt(expression, 0)});
  }
}

void differ_in_from(const JobSpec& registered, const JobSpec& now, Differences& found) {
  if (canonical_joined(registered.from) == canonical_joined(now.from)) return;
  const auto shown = [](const std::string& from) { return from.empty() ? "no other table" : excerpt(from, 0); };
  found.push_back({"from", shown(registered.from), shown(now.from)});
}

void differ_in_where(const JobSpec& registered, const JobSpec& now, Differences& found) {
  if (registered.where.empty() != now.where.empty()) {
    const auto shown = [](const std::string& where) { return where.empty() ? "every row" : excerpt(where, 0); };
    found.push_back({"where", shown(registered.where), shown(now.where)});
  } else if (canonical_expression(registered.where, true) != canonical_expression(now.where, true)) {
    found.push_back(difference_of("where", registered.where, now.where));
  }
}

}  // namespace pgfill::spec
