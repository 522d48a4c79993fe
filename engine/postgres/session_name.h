// How the sessions of pgfill are called in pg_stat_activity. Pure.
#pragma once

#include <string>
#include <string_view>

namespace pgfill::postgres {

/// How the names of a job's sessions begin: "pgfill:<job>/", at most 56 bytes, so that PostgreSQL, which cuts names at
/// 63, leaves whole what follows. A job's name that is too long for that ends in a checksum of the whole.
std::string sessions_of(std::string_view job);

}  // namespace pgfill::postgres
