// The pgfill binary as a child process, on a scratch database: what crash tests kill.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "rig/process.h"
#include "support/shared_cluster.h"

namespace pgfill::tests {

/// Starts `pgfill ARGUMENTS…` with the PG* environment of the database.
rig::Process start_pgfill(const ScratchDatabase& database, std::vector<std::string> arguments);
/// The same with any environment, for instance a proxy's.
rig::Process start_pgfill(std::vector<std::pair<std::string, std::string>> environment,
                          std::vector<std::string> arguments);

/// The path of the binary.
std::string pgfill_program();

/// The number in this environment variable, or the default. Throws std::invalid_argument when it is not a number.
long number_from_environment(const char* variable, long otherwise);

}  // namespace pgfill::tests
