#include "spec/own_batches.h"

#include <algorithm>
#include <optional>

#include "pgfill/spec.h"
#include "spec/sql_name.h"
#include "spec/sql_scan.h"
#include "spec/statement_reader.h"

namespace pgfill::spec {

namespace {

using Tokens = std::vector<Token>;

/// Half-open interval of token indexes.
struct Slice {
  std::size_t begin = 0;
  std::size_t end = 0;
};

std::string name_in(const Token& token) {
  const auto parts = parse_name(token.text);
  return parts && parts->size() == 1 ? parts->front() : std::string();
}

int depth_step(const Token& token) {
  if (token.text == "(" || token.text == "[" || is_keyword(token, "case")) return 1;
  return token.text == ")" || token.text == "]" || is_keyword(token, "end") ? -1 : 0;
}

/// The first of these words outside brackets; the end of the slice when there is none.
std::size_t find_word(const Tokens& tokens, Slice slice, std::initializer_list<std::string_view> words) {
  int depth = 0;
  for (std::size_t index = slice.begin; index < slice.end; ++index) {
    depth += depth_step(tokens[index]);
    if (depth != 0) continue;
    const auto is_it = [&](std::string_view word) { return is_keyword(tokens[index], word); };
    if (std::any_of(words.begin(), words.end(), is_it)) return index;
  }
  return slice.end;
}

/// The bracket that closes the one at `open`.
std::size_t closing(const Tokens& tokens, std::size_t open) {
  int depth = 0;
  for (std::size_t index = open; index < tokens.size(); ++index) {
    if (tokens[index].text == "(") ++depth;
    if (tokens[index].text == ")" && --depth == 0) return index;
  }
  return tokens.size();
}

/// A table as UPDATE or FROM names it.
struct TableName {
  std::string table;
  std::string visible;  ///< its alias, or the table's name
};

/// `[ONLY] [schema.]table [[AS] alias]` and nothing else.
std::optional<TableName> read_table(const Tokens& tokens, Slice slice) {
  if (slice.begin < slice.end && is_keyword(tokens[slice.begin], "only")) ++slice.begin;
  if (slice.begin >= slice.end) return std::nullopt;
  std::size_t at = slice.begin;
  while (at + 2 < slice.end && tokens[at + 1].text == ".") at += 2;
  TableName name{name_in(tokens[at]), name_in(tokens[at])};
  ++at;
  if (at < slice.end && is_keyword(tokens[at], "as")) ++at;
  if (at < slice.end) name.visible = name_in(tokens[at++]);
  if (at != slice.end || name.table.empty() || name.visible.empty()) return std::nullopt;
  return name;
}

std::string text_of_slice(std::string_view text, const Tokens& tokens, Slice slice) {
  const Tokens part(tokens.begin() + static_cast<std::ptrdiff_t>(slice.begin),
                    tokens.begin() + static_cast<std::ptrdiff_t>(slice.end));
  return tidy_text(text, part);
}

/// The condition of a SELECT over the table alone, in the words of the UPDATE; nothing when it is another SELECT.
std::optional<std::string> chosen_rows(std::string_view text, const Tokens& tokens, Slice select,
                                       const TableName& target) {
  const std::size_t from = find_word(tokens, select, {"from"});
  if (from == select.end) return std::nullopt;
  const std::size_t where =
      find_word(tokens, {from, select.end}, {"where", "order", "limit", "offset", "fetch", "for"});
  const auto table = read_table(tokens, {from + 1, where});
  if (!table || table->table != target.table) return std::nullopt;
  if (where == select.end || !is_keyword(tokens[where], "where")) return std::string();
  const std::size_t end =
      find_word(tokens, {where, select.end}, {"order", "limit", "offset", "fetch", "for", "group", "having", "union"});
  if (end < select.end && !is_keyword(tokens[end], "order") && !is_keyword(tokens[end], "limit") &&
      !is_keyword(tokens[end], "fetch") && !is_keyword(tokens[end], "for") && !is_keyword(tokens[end], "offset")) {
    return std::nullopt;
  }
  const std::string visible = write_name(target.visible);
  Tokens renamed = tokens;
  for (std::size_t index = where + 1; index + 1 < end; ++index) {
    if (renamed[index + 1].text == "." && name_in(renamed[index]) == table->visible) renamed[index].text = visible;
  }
  return text_of_slice(text, renamed, {where + 1, end});
}

/// One way of a statement to choose the rows of its batch.
struct Chooser {
  std::string name;  ///< of the WITH query or the sub-select in FROM; empty: it stands in the condition
  Slice brackets;
  std::string condition;  ///< may be empty
};

class PlainUpdate {
 public:
  PlainUpdate(std::string_view text, const LoopContext& loop) : text_(text), loop_(loop) {}

  std::string write();

 private:
  bool read();
  void find_choosers();
  bool belongs_to_batches(Slice conjunct) const;
  bool negates(Slice conjunct) const;
  bool add_conjuncts(Slice where, std::vector<std::string>& conditions) const;
  void add_loop_queries(std::vector<std::string>& conditions) const;

  std::string_view text_;
  const LoopContext& loop_;
  Tokens tokens_;
  TableName target_;
  Slice table_, set_, where_;
  std::vector<Chooser> choosers_;
};

bool PlainUpdate::read() {
  auto scanned = scan_sql(text_);
  if (problem_in(scanned) != nullptr) return false;
  tokens_ = std::get<Tokens>(std::move(scanned));
  while (!tokens_.empty() && tokens_.back().text == ";") tokens_.pop_back();
  const Slice all{0, tokens_.size()};
  const std::size_t update = find_word(tokens_, all, {"update"});
  const std::size_t set = find_word(tokens_, {update, all.end}, {"set"});
  if (set == all.end) return false;
  table_ = {update + 1, set};
  set_ = {set + 1, find_word(tokens_, {set, all.end}, {"from", "where", "returning"})};
  const std::size_t where = find_word(tokens_, {set, all.end}, {"where"});
  where_ = {std::min(where + 1, all.end), find_word(tokens_, {set, all.end}, {"returning"})};
  if (where_.begin > where_.end) where_ = {where_.end, where_.end};
  const auto target = read_table(tokens_, table_);
  if (target) target_ = *target;
  return target.has_value();
}

void PlainUpdate::find_choosers() {
  for (std::size_t open = 0; open + 1 < tokens_.size(); ++open) {
    if (tokens_[open].text != "(" || !is_keyword(tokens_[open + 1], "select")) continue;
    const std::size_t close = closing(tokens_, open);
    auto condition = chosen_rows(text_, tokens_, {open + 1, close}, target_);
    if (!condition) continue;
    Chooser chooser{"", {open, close}, std::move(*condition)};
    const bool in_with = open < table_.begin;
    const bool in_from = open >= set_.end && open < where_.begin;
    const bool limited = find_word(tokens_, {open + 1, close}, {"limit", "fetch", "for"}) != close;
    if (!in_with && !in_from && !limited) continue;
    std::size_t before = open;
    while (in_with && before > 1 && !is_keyword(tokens_[before], "as")) --before;
    if (in_with && before > 0) chooser.name = name_in(tokens_[before - 1]);
    std::size_t behind = close + 1;
    if (behind < tokens_.size() && is_keyword(tokens_[behind], "as")) ++behind;
    if (in_from && behind < tokens_.size()) chooser.name = name_in(tokens_[behind]);
    choosers_.push_back(std::move(chooser));
  }
}

bool PlainUpdate::belongs_to_batches(Slice conjunct) const {
  for (std::size_t index = conjunct.begin; index < conjunct.end; ++index) {
    const std::string name = name_in(tokens_[index]);
    const bool field = index > 0 && tokens_[index - 1].text == ".";
    for (const Chooser& chooser : choosers_) {
      if (chooser.name.empty() ? index == chooser.brackets.begin : name == chooser.name && !field) return true;
    }
    const auto& variables = loop_.variables;
    if (!name.empty() && !field && std::find(variables.begin(), variables.end(), name) != variables.end()) return true;
  }
  return false;
}

/// NOT IN a batch, or another key than the batch's: the plain UPDATE would mean other rows.
bool PlainUpdate::negates(Slice conjunct) const {
  return std::any_of(tokens_.begin() + static_cast<std::ptrdiff_t>(conjunct.begin),
                     tokens_.begin() + static_cast<std::ptrdiff_t>(conjunct.end), [](const Token& token) {
                       return is_keyword(token, "not") || token.text == "<>" || token.text == "!=";
                     });
}

/// False: a part of the condition that speaks of the batch cannot just be left out.
bool PlainUpdate::add_conjuncts(Slice where, std::vector<std::string>& conditions) const {
  if (find_word(tokens_, where, {"or"}) != where.end) {
    if (belongs_to_batches(where)) return false;
    conditions.push_back("(" + text_of_slice(text_, tokens_, where) + ")");
    return true;
  }
  for (std::size_t begin = where.begin; begin < where.end;) {
    std::size_t end = find_word(tokens_, {begin, where.end}, {"and", "between"});
    if (end < where.end && is_keyword(tokens_[end], "between")) {
      end = find_word(tokens_, {end, where.end}, {"and"});
      end = find_word(tokens_, {std::min(end + 1, where.end), where.end}, {"and"});
    }
    const bool of_batch = belongs_to_batches({begin, end});
    if (of_batch && negates({begin, end})) return false;
    if (!of_batch) conditions.push_back(text_of_slice(text_, tokens_, {begin, end}));
    begin = end + 1;
  }
  return true;
}

void PlainUpdate::add_loop_queries(std::vector<std::string>& conditions) const {
  for (const std::string& query : loop_.queries) {
    const auto scanned = scan_sql(query);
    if (problem_in(scanned) != nullptr) continue;
    const Tokens& tokens = std::get<Tokens>(scanned);
    if (tokens.empty() || !is_keyword(tokens.front(), "select")) continue;
    const auto condition = chosen_rows(query, tokens, {0, tokens.size()}, target_);
    if (condition && !condition->empty()) conditions.push_back(*condition);
  }
}

std::string PlainUpdate::write() {
  if (!read()) return {};
  find_choosers();
  if (choosers_.empty() && loop_.variables.empty()) return {};
  // A new value that comes from the batch or the loop is not the row's own.
  if (belongs_to_batches(set_)) return {};
  std::vector<std::string> conditions;
  if (!add_conjuncts(where_, conditions)) return {};
  for (const Chooser& chooser : choosers_) {
    if (!chooser.condition.empty()) conditions.push_back(chooser.condition);
  }
  add_loop_queries(conditions);
  std::string plain = "UPDATE " + text_of_slice(text_, tokens_, table_) + " SET " + text_of_slice(text_, tokens_, set_);
  std::vector<std::string> written;
  for (const std::string& condition : conditions) {
    if (std::find(written.begin(), written.end(), condition) != written.end()) continue;
    plain += (written.empty() ? " WHERE " : " AND ") + condition;
    written.push_back(condition);
  }
  const OrProblem<JobSpec> read = read_plain_statement(plain);
  return problem_in(read) == nullptr ? plain : std::string();
}

}  // namespace

std::string plain_update(std::string_view update, const LoopContext& loop) {
  return PlainUpdate(update, loop).write();
}

}  // namespace pgfill::spec
