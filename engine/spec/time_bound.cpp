#include "spec/time_bound.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "parse/sql_name.h"
#include "parse/sql_scan.h"

namespace pgfill::spec {
namespace {

using Tokens = std::vector<parse::Token>;

/// What a call gives, as a cast of the time.
struct TimeCall {
  std::string_view name;
  std::string_view cast;
};

/// Called with empty brackets.
constexpr std::array<TimeCall, 4> functions{
    {{"now", ""}, {"transaction_timestamp", ""}, {"statement_timestamp", ""}, {"clock_timestamp", ""}}};
/// Words of the grammar, maybe with a precision in brackets.
constexpr std::array<TimeCall, 5> words{{{"current_timestamp", ""},
                                         {"current_date", "::date"},
                                         {"current_time", "::timetz"},
                                         {"localtimestamp", "::timestamp"},
                                         {"localtime", "::time"}}};

template <std::size_t size>
const TimeCall* find(const std::array<TimeCall, size>& calls, std::string_view name) {
  const auto found = std::find_if(calls.begin(), calls.end(), [&](const TimeCall& call) { return call.name == name; });
  return found == calls.end() ? nullptr : &*found;
}

/// A call in the text: its tokens, and what stands in their place behind the time.
struct Found {
  std::size_t begin = 0;  ///< index of a token
  std::size_t end = 0;    ///< behind the last
  std::string cast;
};

std::string name_of(const parse::Token& token) {
  const auto parts = parse::parse_name(token.text);
  return parts && parts->size() == 1 ? parts->front() : std::string();
}

bool is_text(const Tokens& tokens, std::size_t at, std::string_view text) {
  return at < tokens.size() && tokens[at].text == text;
}

std::optional<Found> call_at(const Tokens& tokens, std::size_t at) {
  const bool qualified = at > 1 && is_text(tokens, at - 1, ".");
  const TimeCall* function = find(functions, name_of(tokens[at]));
  if (function != nullptr && is_text(tokens, at + 1, "(") && is_text(tokens, at + 2, ")")) {
    if (!qualified) return Found{at, at + 3, std::string(function->cast)};
    if (name_of(tokens[at - 2]) != "pg_catalog") return std::nullopt;
    return Found{at - 2, at + 3, std::string(function->cast)};
  }
  const TimeCall* word = tokens[at].keyword ? find(words, parse::fold_case(tokens[at].text)) : nullptr;
  if (word == nullptr || qualified) return std::nullopt;
  Found found{at, at + 1, std::string(word->cast)};
  if (is_text(tokens, at + 1, "(") && is_text(tokens, at + 3, ")")) {
    found.end = at + 4;
    found.cast = (found.cast.empty() ? "::timestamptz(" : found.cast + "(") + std::string(tokens[at + 2].text) + ")";
  }
  return found;
}

std::vector<Found> calls_in(const Tokens& tokens) {
  std::vector<Found> calls;
  for (std::size_t at = 0; at < tokens.size(); ++at) {
    std::optional<Found> call = call_at(tokens, at);
    if (!call) continue;
    at = call->end - 1;
    calls.push_back(std::move(*call));
  }
  return calls;
}

Tokens tokens_of(const std::string& condition) {
  auto scanned = parse::scan_sql(condition);
  return parse::problem_in(scanned) == nullptr ? std::get<Tokens>(std::move(scanned)) : Tokens();
}

}  // namespace

bool reads_time(const std::string& condition) {
  return !calls_in(tokens_of(condition)).empty();
}

JobSpec at_time(JobSpec spec, const std::string& time) {
  const Tokens tokens = tokens_of(spec.where);
  std::string text;
  std::size_t copied = 0;
  for (const Found& call : calls_in(tokens)) {
    const std::size_t begin = tokens[call.begin].begin;
    text += spec.where.substr(copied, begin - copied) + "'" + time + "'::timestamptz" + call.cast;
    copied = tokens[call.end - 1].end;
  }
  spec.where = text + spec.where.substr(copied);
  return spec;
}

}  // namespace pgfill::spec
