// Opens sessions for a job: only to a server that takes writes, under a name that tells people what they see.
#pragma once

#include <memory>
#include <string>

#include "async/task.h"
#include "postgres/session.h"

namespace pgfill::run {

/// Looking names up included.
inline constexpr std::chrono::seconds patience_with_connecting{15};

/// `role` is the part of the job, for instance "control" or a worker's number; shown as pgfill:<job>/<role>. Throws
/// postgres::Failure.
async::Task<std::unique_ptr<postgres::Session>> open_session(ConnectionSettings connection, std::string job,
                                                             std::string role,
                                                             std::chrono::seconds patience = patience_with_connecting);

}  // namespace pgfill::run
