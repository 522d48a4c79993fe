// Names of tables and columns as SQL writes them: unquoted parts fold to lower case, quoted parts stay. Text only; does
// not ask whether the thing exists.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "pgfill/result.h"

namespace pgfill::parse {

/// PostgreSQL cuts longer names with a mere notice, and a cut name can be another table's; so they are refused.
inline constexpr std::size_t max_name_bytes = 63;

/// ASCII letters to lower case, as the server folds unquoted names; other bytes stay.
std::string fold_case(std::string_view text);

/// The parts of a dotted name, unquoted and folded. Errors (spec_bad_value, name_too_long) carry no place.
Result<std::vector<std::string>> parse_name(std::string_view text);

/// In quotes, as SQL reads any name.
std::string quote_name(std::string_view name);

/// As parse_name reads it: quoted only when it must be.
std::string write_name(std::string_view name);

}  // namespace pgfill::parse
