// Which libpq keywords a spec may hold in `connection`, and why not the others. The values are libpq's to check.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace pgfill::spec {

/// Keywords of libpq 15 that a spec may set.
const std::vector<std::string_view>& connection_keywords();

/// Why a keyword libpq knows is refused in a spec; empty when that is not so.
std::string_view refused_keyword(std::string_view keyword);

/// True for keywords that hold a secret.
bool is_secret_keyword(std::string_view keyword);

/// True when libpq would read the value of dbname as a whole connection string, which could hide a password.
bool is_connection_string(std::string_view dbname);

}  // namespace pgfill::spec
