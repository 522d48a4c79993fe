// What to write instead of SQL that does not parse: the habits of drivers, of psql and of other databases. One table of
// hints, each a pure function over the tokens.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "parse/sql_scan.h"

namespace pgfill::parse {

/// `offset`: where the parser stopped, in the text the tokens are of; past the last token at the end of the text.
std::string syntax_hint(const std::vector<Token>& tokens, std::size_t offset);

}  // namespace pgfill::parse
