#include "parse/sql_hints.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <optional>
#include <string_view>

#include "parse/sql_name.h"

namespace pgfill::parse {

namespace {

/// The tokens and the one at which the parser stopped; behind the last one when the text ended too early.
struct Look {
  const std::vector<Token>& tokens;
  std::size_t at = 0;

  std::string_view text(std::size_t index) const { return index < tokens.size() ? tokens[index].text : ""; }
  bool is(std::size_t index, std::string_view word) const {
    return index < tokens.size() && is_keyword(tokens[index], word);
  }
  bool is_one_of(std::size_t index, std::initializer_list<std::string_view> words) const {
    return std::any_of(words.begin(), words.end(), [&](std::string_view word) { return is(index, word); });
  }
  bool adjoins_next(std::size_t index) const {
    return index + 1 < tokens.size() && tokens[index].end == tokens[index + 1].begin;
  }
};

using Hint = std::optional<std::string>;

bool is_name(std::string_view text) {
  return !text.empty() && (std::isalpha(static_cast<unsigned char>(text.front())) != 0 || text.front() == '_');
}

bool is_operator(std::string_view text) {
  return !text.empty() && text.find_first_not_of("+-*/<>=~!@#%^&|`?") == std::string_view::npos;
}

/// Whether a value or a name may begin behind this token.
bool opens_value(const Look& look, std::size_t index) {
  const std::string_view text = look.text(index);
  return is_operator(text) || text == "(" || text == "," || text == "[" ||
         look.is_one_of(index, {"set", "where", "and", "or", "not", "update", "only", "as", "in", "when", "then",
                                "else", "between", "like", "from", "join", "on", "by", "limit"});
}

bool opens_value_before(const Look& look, std::size_t index) {
  return index == 0 || opens_value(look, index - 1);
}

template <class Test>
std::optional<std::size_t> find_token(const Look& look, const Test& test) {
  for (std::size_t index = 0; index < look.tokens.size(); ++index) {
    if (test(index)) return index;
  }
  return std::nullopt;
}

std::string no_value(const std::string& what, std::string_view whose) {
  return what + " is " + std::string(whose) + ", and no value comes with it: write the value itself";
}

Hint backticks(const Look& look) {
  const auto found =
      find_token(look, [&](std::size_t index) { return look.text(index).find('`') != std::string::npos; });
  if (!found) return std::nullopt;
  return "backticks are MySQL's: PostgreSQL writes names in double quotes, or without any: \"order\", users";
}

Hint typographic_quotes(const Look& look) {
  constexpr std::array<std::string_view, 4> quotes{"\u2018", "\u2019", "\u201C", "\u201D"};
  const auto found = find_token(look, [&](std::size_t index) {
    return look.text(index).front() != '\'' && std::any_of(quotes.begin(), quotes.end(), [&](std::string_view quote) {
             return look.text(index).find(quote) != std::string_view::npos;
           });
  });
  if (!found) return std::nullopt;
  return "these are quotes of a word processor: write '...' around strings and \"...\" around names";
}

Hint square_brackets(const Look& look) {
  const auto found = find_token(look, [&](std::size_t index) {
    return look.text(index) == "[" && opens_value_before(look, index) && is_name(look.text(index + 1)) &&
           look.text(index + 2) == "]";
  });
  if (!found) return std::nullopt;
  const std::string name(look.text(*found + 1));
  return "names in square brackets are SQL Server's: write \"" + name + "\" in double quotes, or without any";
}

/// :name, :'name' and :"name". A slice of an array has numbers or spaces there, and parses.
Hint colon_variable(const Look& look) {
  const auto found = find_token(look, [&](std::size_t index) {
    if (!look.text(index).ends_with(':') || look.text(index).size() > 2 || look.text(index) == "::") return false;
    const std::string_view next = look.text(index + 1);
    return look.adjoins_next(index) && (is_name(next) || next.starts_with('\'') || next.starts_with('"'));
  });
  if (!found) return std::nullopt;
  return no_value(":" + std::string(look.text(*found + 1)), "a variable of psql or a placeholder of a driver");
}

Hint question_mark(const Look& look) {
  const auto found = find_token(look, [&](std::size_t index) {
    const std::string_view text = look.text(index);
    if (text == "?") return opens_value_before(look, index);
    return text.size() > 1 && text.ends_with('?') && std::string_view("=<>!").find(text.front()) < 4;
  });
  if (!found) return std::nullopt;
  return no_value("?", "a placeholder of a driver (JDBC, ODBC, an ORM's log)");
}

Hint percent_sign(const Look& look) {
  const auto found = find_token(look, [&](std::size_t index) {
    const std::string_view text = look.text(index);
    const bool alone = text == "%" && opens_value_before(look, index);
    const bool behind_operator = text.size() > 1 && text.ends_with('%') && text.front() == '=';
    const std::string_view next = look.text(index + 1);
    return (alone || behind_operator) && look.adjoins_next(index) && (next == "(" || next == "s" || next == "d");
  });
  if (!found) return std::nullopt;
  const std::string name = look.text(*found + 1) == "(" ? "%(" + std::string(look.text(*found + 2)) + ")s"
                                                        : "%" + std::string(look.text(*found + 1));
  return no_value(name, "a placeholder of a driver (psycopg and others)");
}

/// {name}, ${name}, #{name}, $name, @name
Hint template_variable(const Look& look) {
  const auto brace = find_token(look, [&](std::size_t index) { return look.text(index) == "{"; });
  if (brace) return no_value("{" + std::string(look.text(*brace + 1)) + "}", "a placeholder of a template");
  const auto found = find_token(look, [&](std::size_t index) {
    const bool sign = look.text(index) == "$" || look.text(index) == "@" || look.text(index) == "=@";
    return sign && look.adjoins_next(index) && is_name(look.text(index + 1));
  });
  if (!found) return std::nullopt;
  const char sign = look.text(*found).back();
  return no_value(sign + std::string(look.text(*found + 1)), "a variable or placeholder of another program");
}

/// What a name may be followed by.
bool closes_name(const Look& look, std::size_t index) {
  const std::string_view text = look.text(index);
  return text.empty() || is_operator(text) || text == ")" || text == "," || text == "." || text == ";" || text == "(" ||
         look.is_one_of(index, {"set", "is", "in", "where", "and", "or", "not", "like", "between", "as"});
}

Hint reserved_word(const Look& look) {
  if (look.at >= look.tokens.size() || !look.tokens[look.at].reserved) return std::nullopt;
  const std::string word = fold_case(look.text(look.at));
  if (word == "table" && look.is(look.at - 1, "update")) return "leave TABLE out: UPDATE users SET ...";
  if (!opens_value_before(look, look.at) || !closes_name(look, look.at + 1)) return std::nullopt;
  return "\"" + word + "\" is a reserved word of SQL: as a name it goes in double quotes, \"" + word + "\"";
}

Hint several_tables(const Look& look) {
  if (!look.is(0, "update")) return std::nullopt;
  const auto set = find_token(look, [&](std::size_t index) { return look.is(index, "set"); });
  const auto other =
      find_token(look, [&](std::size_t index) { return look.is(index, "join") || look.text(index) == ","; });
  if (!set || !other || *other > *set) return std::nullopt;
  return "an UPDATE names one table; values of another come by a sub-select: "
         "SET column = (SELECT other.column FROM other WHERE other.key = the table's key)";
}

Hint rows_at_a_time(const Look& look) {
  constexpr std::string_view itself =
      "pgfill makes the batches itself (`batch: {max_rows: ...}` in a spec bounds them)";
  const bool ordered = look.is(look.at, "order");
  const bool limited = look.is_one_of(look.at, {"limit", "offset", "fetch"});
  const bool top = look.is(0, "update") && fold_case(look.text(1)) == "top" && look.text(2) == "(";
  if (limited) return "leave LIMIT out: " + std::string(itself);
  if (top) return "leave TOP out: " + std::string(itself);
  if (look.is(look.at, "for")) return "leave the locking clause out: each batch locks the rows it changes";
  if (!ordered) return std::nullopt;
  std::string hint = "leave ORDER BY out: pgfill goes in the order of the key (`key` in a spec names another one)";
  for (std::size_t index = look.at; index < look.tokens.size(); ++index) {
    if (look.is(index, "limit")) hint += "; and leave LIMIT out: " + std::string(itself);
  }
  return hint;
}

Hint double_equals(const Look& look) {
  if (look.text(look.at) != "==") return std::nullopt;
  return "SQL writes one equals sign, =";
}

Hint missing_part(const Look& look) {
  const bool clause = look.at >= look.tokens.size() || look.text(look.at) == ";" || look.text(look.at) == ")" ||
                      look.is_one_of(look.at, {"where", "from", "set", "returning"});
  if (!clause || look.at == 0) return std::nullopt;
  const std::string place = look.at < look.tokens.size() ? "before " + std::string(look.text(look.at)) : "at the end";
  if (look.text(look.at - 1) == ",") return "there is a comma too many " + place;
  if (opens_value(look, look.at - 1)) return "a value or condition is missing " + place;
  const auto count = [&](std::string_view sign) {
    return std::count_if(look.tokens.begin(), look.tokens.end(),
                         [&](const Token& token) { return token.text == sign; });
  };
  if (look.at >= look.tokens.size() && count("(") > count(")")) return std::string("a bracket is not closed");
  const bool updates =
      look.is(0, "update") &&
      std::none_of(look.tokens.begin(), look.tokens.end(), [](const Token& token) { return is_keyword(token, "set"); });
  if (updates) return std::string("SET is missing: UPDATE table SET column = value WHERE condition");
  return std::nullopt;
}

/// In the order in which they are asked: those that one sign gives away come first.
constexpr std::array hints{&backticks,      &typographic_quotes, &square_brackets,   &question_mark,
                           &percent_sign,   &colon_variable,     &template_variable, &reserved_word,
                           &several_tables, &rows_at_a_time,     &double_equals,     &missing_part};

}  // namespace

std::string syntax_hint(const std::vector<Token>& tokens, std::size_t offset) {
  Look look{tokens, tokens.size()};
  const auto found = std::find_if(tokens.begin(), tokens.end(), [&](const Token& t) { return t.begin >= offset; });
  look.at = static_cast<std::size_t>(found - tokens.begin());
  for (const auto hint : hints) {
    if (auto text = hint(look)) return *text;
  }
  return "correct what stands here; if PostgreSQL takes it, write it in an older way: pgfill reads SQL with the "
         "grammar "
         "of PostgreSQL 15";
}

}  // namespace pgfill::parse
