// Copies a running server's data directory so that a standby can start from it: what pg_basebackup does, which comes
// with clients and not with every installation of a server.
#pragma once

#include <filesystem>
#include <string>

#include "pgfill/job.h"

namespace pgfill::rig {

/// Makes the replication slot and then the copy, in `to`, which must not exist. The slot keeps the WAL that a standby
/// needs from the beginning of the copy on. The files belong to the user who runs this. Throws postgres::Failure and
/// std::filesystem::filesystem_error.
void base_backup(const ConnectionSettings& primary, const std::filesystem::path& from, const std::filesystem::path& to,
                 const std::string& slot);

}  // namespace pgfill::rig
