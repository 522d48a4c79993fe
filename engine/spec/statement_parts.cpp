#include "spec/statement_parts.h"

#include <algorithm>
#include <initializer_list>
#include <optional>
#include <utility>

#include "parse/source_text.h"
#include "parse/sql_name.h"
#include "parse/sql_tree.h"

namespace pgfill::spec {

namespace {

using nlohmann::json;

/// Half-open interval of token indexes.
struct Slice {
  std::size_t begin = 0;
  std::size_t end = 0;
};

parse::SqlProblem refusal(std::size_t offset, std::string message, std::string hint) {
  parse::SqlProblem problem;
  problem.message = std::move(message);
  problem.hint = std::move(hint);
  problem.offset = offset;
  return problem;
}

parse::SqlProblem cannot_cut(std::size_t offset) {
  parse::SqlProblem problem = refusal(offset, "pgfill cannot tell where the parts of this statement begin and end",
                                      "write a spec file instead, and report this with the statement");
  problem.code = ErrorCode::internal;
  return problem;
}

/// SET t.column, alias.column or schema.t.column: to PostgreSQL a field of a column t.
bool is_qualified(const json& target, const json& relation) {
  const json& fields = parse::field_of(target, "indirection");
  if (!fields.is_array() || parse::last_name(fields).empty()) return false;
  const std::string name = parse::text_of(target, "name");
  const std::string table = parse::text_of(relation, "relname");
  if (fields.size() == 2) return name == parse::text_of(relation, "schemaname");
  return fields.size() == 1 &&
         (name == table || name == parse::text_of(parse::field_of(relation, "alias"), "aliasname"));
}

class Cutter {
 public:
  Cutter(std::string_view text, const std::vector<parse::Token>& tokens, const json& update)
      : text_(text), tokens_(tokens), update_(update) {}

  parse::OrProblem<StatementParts> cut();

 private:
  void cut_behind_set(std::size_t end);
  std::optional<parse::SqlProblem> cut_assignment(const json& target, Slice whole);
  std::optional<parse::SqlProblem> cut_from_list(const json& target, const json& source, Slice value);
  std::optional<std::size_t> token_at(std::size_t offset) const;
  std::size_t find_clause(std::size_t begin, std::initializer_list<std::string_view> words) const;
  std::vector<Slice> split_at_commas(Slice slice) const;
  std::string_view text_of_slice(Slice slice) const;

  std::string_view text_;
  const std::vector<parse::Token>& tokens_;
  const json& update_;
  StatementParts parts_;
};

/// 1 for an opening bracket, -1 for a closing one.
int nesting_step(const parse::Token& token) {
  if (token.text == "(" || token.text == "[") return 1;
  return token.text == ")" || token.text == "]" ? -1 : 0;
}

std::size_t location_of(const json& node) {
  return parse::field_of(node, "location").is_number_unsigned() ? node["location"].get<std::size_t>() : 0;
}

std::optional<std::size_t> Cutter::token_at(std::size_t offset) const {
  const auto found =
      std::find_if(tokens_.begin(), tokens_.end(), [&](const parse::Token& t) { return t.begin == offset; });
  if (found == tokens_.end()) return std::nullopt;
  return static_cast<std::size_t>(found - tokens_.begin());
}

/// These words are reserved: outside brackets each can only begin the clause, but for IS DISTINCT FROM.
std::size_t Cutter::find_clause(std::size_t begin, std::initializer_list<std::string_view> words) const {
  int depth = 0;
  for (std::size_t index = begin; index < tokens_.size(); ++index) {
    depth += nesting_step(tokens_[index]);
    if (depth != 0 || (index > 0 && parse::is_keyword(tokens_[index - 1], "distinct"))) continue;
    if (tokens_[index].text == ";") return index;
    for (const std::string_view word : words)
      if (parse::is_keyword(tokens_[index], word)) return index;
  }
  return tokens_.size();
}

std::vector<Slice> Cutter::split_at_commas(Slice slice) const {
  std::vector<Slice> result;
  int depth = 0;
  std::size_t begin = slice.begin;
  for (std::size_t index = slice.begin; index < slice.end; ++index) {
    depth += nesting_step(tokens_[index]);
    if (depth != 0 || tokens_[index].text != ",") continue;
    result.push_back({begin, index});
    begin = index + 1;
  }
  result.push_back({begin, slice.end});
  return result;
}

std::string_view Cutter::text_of_slice(Slice slice) const {
  if (slice.begin >= slice.end) return {};
  const std::size_t begin = tokens_[slice.begin].begin;
  return text_.substr(begin, tokens_[slice.end - 1].end - begin);
}

std::optional<parse::SqlProblem> Cutter::cut_assignment(const json& target, Slice whole) {
  const std::size_t offset = location_of(target);
  if (is_qualified(target, parse::field_of(update_, "relation"))) {
    const std::string column = parse::last_name(target["indirection"]);
    return refusal(offset, "a column that is set cannot be qualified with its table",
                   "write the column without the table: SET " + parse::write_name(column) + " = ...");
  }
  if (target.contains("indirection")) {
    return refusal(
        offset, "the target is a part of column " + parse::in_quotes(parse::text_of(target, "name")) + ", not a column",
        "set the whole column, for instance with jsonb_set(), array slices joined by ||, or ROW(…)");
  }
  const json& value = parse::field_of(target, "val");
  std::size_t sign = whole.begin;
  while (sign < whole.end && tokens_[sign].text != "=") ++sign;
  const Slice value_slice{sign + 1, whole.end};
  if (value.contains("MultiAssignRef")) return cut_from_list(target, value["MultiAssignRef"], value_slice);
  parts_.set.push_back({parse::text_of(target, "name"), offset, text_of_slice(value_slice), &value});
  return std::nullopt;
}

/// SET (a, b) = (x, y): the column's value is the list's item of the same number.
std::optional<parse::SqlProblem> Cutter::cut_from_list(const json& target, const json& source, Slice value) {
  const json& row = parse::field_of(parse::field_of(source, "source"), "RowExpr");
  const json& args = parse::field_of(row, "args");
  const auto columns = parse::field_of(source, "ncolumns").get<std::size_t>();
  const auto number = parse::field_of(source, "colno").get<std::size_t>();
  if (args.size() != columns) {
    return refusal(value.begin < value.end ? tokens_[value.begin].begin : location_of(target),
                   "a list of columns is set from something that is not a list of as many values",
                   "write each column by itself: SET a = …, b = …; a sub-select once for each");
  }
  if (value.begin < value.end && parse::is_keyword(tokens_[value.begin], "row")) ++value.begin;
  const std::vector<Slice> items = split_at_commas({value.begin + 1, value.end - 1});
  if (items.size() != columns || number == 0 || number > columns) return cannot_cut(location_of(target));
  parts_.set.push_back(
      {parse::text_of(target, "name"), location_of(target), text_of_slice(items[number - 1]), &args[number - 1]});
  return std::nullopt;
}

/// What begins at `end` with FROM, USING or WHERE.
void Cutter::cut_behind_set(std::size_t end) {
  const std::size_t where = find_clause(end, {"where"});
  if (update_.contains("fromClause") || update_.contains("usingClause")) parts_.from = text_of_slice({end + 1, where});
  if (!update_.contains("whereClause")) return;
  std::size_t last = where;
  while (last < tokens_.size() && tokens_[last].text != ";") ++last;
  parts_.where = text_of_slice({where + 1, last});
  parts_.where_tree = &update_["whereClause"];
}

parse::OrProblem<StatementParts> Cutter::cut() {
  if (!update_.contains("targetList")) {  // a DELETE
    cut_behind_set(find_clause(0, {"using", "where"}));
    return std::move(parts_);
  }
  const json& targets = parse::field_of(update_, "targetList");
  const std::size_t first_offset = location_of(parse::field_of(targets[0], "ResTarget"));
  auto first = token_at(first_offset);
  if (!first) return cannot_cut(first_offset);
  if (*first > 0 && tokens_[*first - 1].text == "(") --*first;
  const std::size_t end = find_clause(*first, {"from", "where"});
  const std::vector<Slice> assignments = split_at_commas({*first, end});

  std::size_t assignment = 0;
  for (const json& item : targets) {
    const json& target = parse::field_of(item, "ResTarget");
    const std::size_t offset = location_of(target);
    while (assignment < assignments.size() && tokens_[assignments[assignment].end - 1].begin < offset) ++assignment;
    if (assignment == assignments.size()) return cannot_cut(offset);
    if (auto problem = cut_assignment(target, assignments[assignment])) return *problem;
  }
  cut_behind_set(end);
  return std::move(parts_);
}

}  // namespace

parse::OrProblem<StatementParts> cut_statement(std::string_view text, const std::vector<parse::Token>& tokens,
                                               const json& statement) {
  return Cutter(text, tokens, statement).cut();
}

}  // namespace pgfill::spec
