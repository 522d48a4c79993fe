// Statements of the job's own sessions, ended from another one, and the VACUUM of its table. Sessions of others are
// never touched.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "async/task.h"
#include "postgres/session.h"

namespace pgfill::work {

/// Cancels the running statements of the sessions of these names.
async::Task<void> cancel_sessions(postgres::Session& session, std::vector<std::string> names,
                                  async::milliseconds timeout = postgres::Session::default_timeout);
/// Cancels the running statements of these server processes, as far as they serve sessions whose names begin so.
async::Task<void> cancel_backends(postgres::Session& session, std::vector<int> pids, std::string names_begin);
/// Ends the server process of a session of this name that was lost: it may hold locks.
async::Task<void> end_backend(postgres::Session& session, int pid);

/// Makes a VACUUM that follows in this session a gentle one, and answers the table's name in it; empty: this role may
/// not vacuum the table.
async::Task<std::optional<std::string>> prepare_vacuum(postgres::Session& session, std::uint32_t table_oid);
async::Task<void> vacuum(postgres::Session& session, std::string table, async::milliseconds patience);

}  // namespace pgfill::work
