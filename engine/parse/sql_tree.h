// Parses SQL with PostgreSQL's own grammar (libpg_query 15) into a JSON tree, within bounds that keep a hostile text
// from costing memory or stack. Decides nothing about the statement.
#pragma once

#include <cstddef>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "parse/sql_problem.h"
#include "parse/sql_scan.h"

namespace pgfill::parse {

/// The tree of a text whose tokens are known; node names are those of PostgreSQL's parse nodes, locations byte offsets.
/// Problems: sql_syntax, spec_too_large.
OrProblem<nlohmann::json> parse_sql(std::string_view text, const std::vector<Token>& tokens);

/// The statement as libpg_query writes its tree: without comments and needless brackets, in one spelling. For texts
/// that parse_sql took. Empty when it cannot; not proved to mean the same, so the caller parses it again and compares.
std::string rewritten_sql(std::string_view text);

/// The smallest location inside the node: where it begins in the text, as near as the parser says.
std::optional<std::size_t> first_location(const nlohmann::json& node);

/// The tree without locations, to compare the meaning of two texts.
nlohmann::json without_locations(nlohmann::json node);

/// The field of an object, or a shared null.
const nlohmann::json& field_of(const nlohmann::json& node, const char* name);

/// The text field of an object, or empty.
std::string text_of(const nlohmann::json& node, const char* name);

/// The last of a list of String nodes; empty when there is none, or it is a star.
std::string last_name(const nlohmann::json& names);

}  // namespace pgfill::parse
