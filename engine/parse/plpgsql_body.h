// Bodies of PL/pgSQL that libpg_query cannot read, though the server can: it knows no types, so neither the fields of
// records nor cursor variables, and no results of their own for functions with OUT parameters.
#pragma once

#include <string>

namespace pgfill::parse {

/// The body without what libpg_query complains of. What it reads, writes and calls stays the same. Empty: it is none of
/// these.
std::string body_without(const std::string& body, const std::string& problem);

}  // namespace pgfill::parse
