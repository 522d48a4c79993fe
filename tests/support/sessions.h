// What tests ask of a server that differs from one major to another.
#pragma once

#include <cstdint>
#include <string>

#include "support/database.h"

namespace pgfill::tests {

/// Ends the sessions of pg_stat_activity that meet the condition and waits until they are gone; how many there were.
std::int64_t end_sessions(Database& database, const std::string& condition);

/// For instance 150018.
int server_version(Database& database);

/// Executes statements unless one is of a newer server's SQL (a syntax error); whether it did.
bool execute_if_known(Database& database, const std::string& sql);

}  // namespace pgfill::tests
