#include "spec/chosen_rows.h"

#include <algorithm>

#include "parse/sql_name.h"

namespace pgfill::spec {
namespace {

int depth_step(const parse::Token& token) {
  if (token.text == "(" || token.text == "[" || parse::is_keyword(token, "case")) return 1;
  return token.text == ")" || token.text == "]" || parse::is_keyword(token, "end") ? -1 : 0;
}

/// `[alias.]column` and nothing else; else empty.
std::string column_alone(const Tokens& tokens, Slice slice) {
  const std::size_t size = slice.end - slice.begin;
  const bool qualified = size == 3 && tokens[slice.begin + 1].text == ".";
  return size == 1 || qualified ? name_in(tokens[slice.end - 1]) : std::string();
}

}  // namespace

std::string name_in(const parse::Token& token) {
  const auto parts = parse::parse_name(token.text);
  return parts && parts->size() == 1 ? parts->front() : std::string();
}

std::size_t find_word(const Tokens& tokens, Slice slice, std::initializer_list<std::string_view> words) {
  int depth = 0;
  for (std::size_t index = slice.begin; index < slice.end; ++index) {
    depth += depth_step(tokens[index]);
    if (depth != 0) continue;
    const auto is_it = [&](std::string_view word) { return parse::is_keyword(tokens[index], word); };
    if (std::any_of(words.begin(), words.end(), is_it)) return index;
  }
  return slice.end;
}

std::optional<TableName> read_table(const Tokens& tokens, Slice slice) {
  if (slice.begin < slice.end && parse::is_keyword(tokens[slice.begin], "only")) ++slice.begin;
  if (slice.begin >= slice.end) return std::nullopt;
  std::size_t at = slice.begin;
  while (at + 2 < slice.end && tokens[at + 1].text == ".") at += 2;
  TableName name{name_in(tokens[at]), {}, name_in(tokens[at])};
  for (std::size_t part = slice.begin; part <= at; ++part) name.qualified += name_in(tokens[part]) + ' ';
  ++at;
  if (at < slice.end && parse::is_keyword(tokens[at], "as")) ++at;
  if (at < slice.end) name.visible = name_in(tokens[at++]);
  if (at != slice.end || name.table.empty() || name.visible.empty()) return std::nullopt;
  return name;
}

std::string text_of_slice(std::string_view text, const Tokens& tokens, Slice slice) {
  const Tokens part(tokens.begin() + static_cast<std::ptrdiff_t>(slice.begin),
                    tokens.begin() + static_cast<std::ptrdiff_t>(slice.end));
  return parse::tidy_text(text, part);
}

std::optional<ChosenRows> chosen_rows(std::string_view text, const Tokens& tokens, Slice select,
                                      const TableName& target) {
  const std::size_t from = find_word(tokens, select, {"from"});
  if (from == select.end) return std::nullopt;
  const std::size_t where =
      find_word(tokens, {from, select.end}, {"where", "order", "limit", "offset", "fetch", "for"});
  const auto table = read_table(tokens, {from + 1, where});
  const std::string column = column_alone(tokens, {select.begin + 1, from});
  if (!table || table->qualified != target.qualified || column.empty()) return std::nullopt;
  if (find_word(tokens, {where, select.end}, {"offset", "group", "having", "union"}) != select.end) return std::nullopt;
  const std::size_t order = find_word(tokens, {where, select.end}, {"order"});
  if (order != select.end) {  // any other order than that of the column makes it the first rows of something
    std::size_t behind = find_word(tokens, {order, select.end}, {"asc", "limit", "fetch", "for"});
    if (column_alone(tokens, {std::min(order + 2, behind), behind}) != column) return std::nullopt;
  }
  if (where == select.end || !parse::is_keyword(tokens[where], "where")) return ChosenRows{column, ""};
  const std::size_t end = find_word(tokens, {where, select.end}, {"order", "limit", "fetch", "for"});
  const std::string visible = parse::write_name(target.visible);
  Tokens renamed = tokens;
  for (std::size_t index = where + 1; index + 1 < end; ++index) {
    if (renamed[index + 1].text != ".") continue;
    if (name_in(renamed[index]) == table->visible) {
      renamed[index].text = visible;
    } else if (name_in(renamed[index]) == target.visible) {
      return std::nullopt;  // it goes by the row that is updated, too
    }
  }
  const std::string condition = text_of_slice(text, renamed, {where + 1, end});
  const bool several = find_word(tokens, {where + 1, end}, {"or"}) != end;
  return ChosenRows{column, several ? "(" + condition + ")" : condition};
}

}  // namespace pgfill::spec
