#include "spec/own_batches.h"

#include <algorithm>
#include <array>
#include <optional>

#include "parse/sql_scan.h"
#include "pgfill/spec.h"
#include "spec/chosen_rows.h"
#include "spec/statement_reader.h"

namespace pgfill::spec {

namespace {

/// The bracket that closes the one at `open`.
std::size_t closing(const Tokens& tokens, std::size_t open) {
  int depth = 0;
  for (std::size_t index = open; index < tokens.size(); ++index) {
    if (tokens[index].text == "(") ++depth;
    if (tokens[index].text == ")" && --depth == 0) return index;
  }
  return tokens.size();
}

/// One way of a statement to choose the rows of its batch.
struct Chooser {
  std::string name;  ///< of the WITH query or the sub-select in FROM; empty: it stands in the condition
  Slice brackets;
  ChosenRows rows;
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
  bool compares_other_columns(Slice conjunct) const;
  bool joins_others() const;
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
  auto scanned = parse::scan_sql(text_);
  if (parse::problem_in(scanned) != nullptr) return false;
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
    if (tokens_[open].text != "(" || !parse::is_keyword(tokens_[open + 1], "select")) continue;
    const std::size_t close = closing(tokens_, open);
    auto rows = chosen_rows(text_, tokens_, {open + 1, close}, target_);
    if (!rows) continue;
    Chooser chooser{"", {open, close}, std::move(*rows)};
    const bool in_with = open < table_.begin;
    const bool in_from = open >= set_.end && open < where_.begin;
    const bool limited = find_word(tokens_, {open + 1, close}, {"limit", "fetch", "for"}) != close;
    if (!in_with && !in_from && !limited) continue;
    std::size_t before = open;
    while (in_with && before > 1 && !parse::is_keyword(tokens_[before], "as")) --before;
    if (in_with && before > 0) chooser.name = name_in(tokens_[before - 1]);
    std::size_t behind = close + 1;
    if (behind < tokens_.size() && parse::is_keyword(tokens_[behind], "as")) ++behind;
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
                     tokens_.begin() + static_cast<std::ptrdiff_t>(conjunct.end), [](const parse::Token& token) {
                       return parse::is_keyword(token, "not") || token.text == "<>" || token.text == "!=";
                     });
}

/// Whether what names a batch compares anything but the column that the batch was chosen by with itself.
bool PlainUpdate::compares_other_columns(Slice conjunct) const {
  constexpr std::array<const char*, 7> words{"in", "select", "from", "any", "some", "array", "as"};
  for (const Chooser& chooser : choosers_) {
    bool named = false;
    std::vector<std::string> columns;
    for (std::size_t index = conjunct.begin; index < conjunct.end; ++index) {
      if (chooser.name.empty() && index == chooser.brackets.begin) {
        named = true;
        index = chooser.brackets.end;
        continue;
      }
      const std::string name = name_in(tokens_[index]);
      named = named || (!name.empty() && name == chooser.name);
      const bool is_word = std::any_of(words.begin(), words.end(),
                                       [&](const char* word) { return parse::is_keyword(tokens_[index], word); });
      const bool of_table = name == chooser.name || name == target_.visible || name == target_.table;
      if (!name.empty() && !is_word && !of_table) columns.push_back(name);
    }
    const bool others = std::any_of(columns.begin(), columns.end(),
                                    [&](const std::string& column) { return column != chooser.rows.column; });
    if (named && (others || columns.empty())) return true;
  }
  return false;
}

/// Whether FROM names anything but batches.
bool PlainUpdate::joins_others() const {
  const Slice from{set_.end, find_word(tokens_, {set_.end, tokens_.size()}, {"where", "returning"})};
  if (from.begin >= from.end || !parse::is_keyword(tokens_[from.begin], "from")) return false;
  if (find_word(tokens_, {from.begin + 1, from.end}, {"join"}) != from.end) return true;
  return std::any_of(tokens_.begin() + static_cast<std::ptrdiff_t>(from.begin),
                     tokens_.begin() + static_cast<std::ptrdiff_t>(from.end),
                     [](const parse::Token& token) { return token.text == ","; });
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
    if (end < where.end && parse::is_keyword(tokens_[end], "between")) {
      end = find_word(tokens_, {end, where.end}, {"and"});
      end = find_word(tokens_, {std::min(end + 1, where.end), where.end}, {"and"});
    }
    const bool of_batch = belongs_to_batches({begin, end});
    if (of_batch && (negates({begin, end}) || compares_other_columns({begin, end}))) return false;
    if (!of_batch) conditions.push_back(text_of_slice(text_, tokens_, {begin, end}));
    begin = end + 1;
  }
  return true;
}

void PlainUpdate::add_loop_queries(std::vector<std::string>& conditions) const {
  for (const std::string& query : loop_.queries) {
    const auto scanned = parse::scan_sql(query);
    if (parse::problem_in(scanned) != nullptr) continue;
    const Tokens& tokens = std::get<Tokens>(scanned);
    if (tokens.empty() || !parse::is_keyword(tokens.front(), "select")) continue;
    const auto rows = chosen_rows(query, tokens, {0, tokens.size()}, target_);
    if (rows && !rows->condition.empty()) conditions.push_back(rows->condition);
  }
}

std::string PlainUpdate::write() {
  if (!read()) return {};
  find_choosers();
  if (choosers_.empty() && loop_.variables.empty()) return {};
  // A new value that comes from the batch or the loop is not the row's own.
  if (belongs_to_batches(set_) || joins_others()) return {};
  std::vector<std::string> conditions;
  if (!add_conjuncts(where_, conditions)) return {};
  for (const Chooser& chooser : choosers_) {
    if (!chooser.rows.condition.empty()) conditions.push_back(chooser.rows.condition);
  }
  add_loop_queries(conditions);
  std::string plain = "UPDATE " + text_of_slice(text_, tokens_, table_) + " SET " + text_of_slice(text_, tokens_, set_);
  std::vector<std::string> written;
  for (const std::string& condition : conditions) {
    if (std::find(written.begin(), written.end(), condition) != written.end()) continue;
    plain += (written.empty() ? " WHERE " : " AND ") + condition;
    written.push_back(condition);
  }
  const parse::OrProblem<JobSpec> read = read_plain_statement(plain);
  return parse::problem_in(read) == nullptr ? plain : std::string();
}

}  // namespace

std::string plain_update(std::string_view update, const LoopContext& loop) {
  return PlainUpdate(update, loop).write();
}

}  // namespace pgfill::spec
