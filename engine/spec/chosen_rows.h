// Which rows a SELECT of a hand-made batch chooses, read from its tokens. Used for hints only; pure.
#pragma once

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "parse/sql_scan.h"

namespace pgfill::spec {

using Tokens = std::vector<parse::Token>;

/// Half-open interval of token indexes.
struct Slice {
  std::size_t begin = 0;
  std::size_t end = 0;
};

/// A table as UPDATE or FROM names it.
struct TableName {
  std::string table;
  std::string qualified;  ///< with its schema, as written
  std::string visible;    ///< its alias, or the table's name
};

/// Rows that a SELECT chooses, by one of their columns.
struct ChosenRows {
  std::string column;
  std::string condition;  ///< in the words of the UPDATE; may be empty
};

/// The name that a token is; empty: it is none.
std::string name_in(const parse::Token& token);
/// The first of these words outside brackets; the end of the slice when there is none.
std::size_t find_word(const Tokens& tokens, Slice slice, std::initializer_list<std::string_view> words);
/// `[ONLY] [schema.]table [[AS] alias]` and nothing else.
std::optional<TableName> read_table(const Tokens& tokens, Slice slice);
std::string text_of_slice(std::string_view text, const Tokens& tokens, Slice slice);

/// Of a SELECT of one column over the table alone, which is cut short and nothing else: all of its rows are what the
/// batches are meant to make up. Nothing when it is another SELECT.
std::optional<ChosenRows> chosen_rows(std::string_view text, const Tokens& tokens, Slice select,
                                      const TableName& target);

}  // namespace pgfill::spec
