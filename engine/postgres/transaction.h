// How every transaction of the engine begins and ends. Knows nothing of what happens in between.
#pragma once

#include <string>
#include <vector>

#include "postgres/session.h"

namespace pgfill::postgres {

/// What a COMMIT waits for.
enum class Durability {
  none,        ///< nothing: the disk has it soon, or never
  local,       ///< this server's disk; no standby, which may be missing
  configured,  ///< as the server is configured, but at least its disk
};

/// Settings every transaction of the engine is pinned to, whatever the role or database says (SET LOCAL, so safe behind
/// a pooler): ISO dates, UTC, full float digits, the job's search path, row_security off, the isolation level,
/// timeouts, and a planner that follows the key's index. The first commands of every transaction. Where a job's
/// expressions are evaluated, dates, intervals and the like are those of the session that the job was registered in
/// instead.
struct Pins {
  async::milliseconds statement_timeout{10'000};
  async::milliseconds lock_timeout{200};
  Durability durability = Durability::none;
  std::string search_path = "pg_catalog";  ///< a job's is the one its expressions were checked under
  bool read_only = false;
  bool one_snapshot = false;               ///< REPEATABLE READ: all statements see what the first one saw
  std::vector<std::string> settings = {};  ///< in the order of session_settings.sql; empty: the engine's own
};
/// Pins single statements of the engine for as long as the session lives. Leaves a pooler's session as it is: what is
/// set there would be the next client's.
async::Task<void> pin(Session& session);

/// BEGIN and the pins, as commands to put in front of an exchange.
std::vector<Command> begin(const Pins& pins);
/// The values of Pins::settings, for the rest of a transaction that has begun with others; empty: the engine's own.
Command use_settings(const std::vector<std::string>& settings);
/// COMMIT, the last command of an exchange; check its tag with committed().
Command commit();
/// ROLLBACK, the last command of an exchange of which nothing is to remain.
Command rollback();
/// Throws unless the answer to COMMIT says that the transaction is committed: COMMIT of a failed transaction is
/// answered by ROLLBACK, as a success.
void require_commit(const Rows& answer);
/// Runs the commands as one transaction in one round trip and returns their answers, without those of what begin() and
/// commit() add. Throws Failure.
async::Task<std::vector<Rows>> transact(Session& session, Pins pins, std::vector<Command> commands,
                                        async::milliseconds timeout = Session::default_timeout);
async::Task<Rows> transact(Session& session, Pins pins, Command command,
                           async::milliseconds timeout = Session::default_timeout);

}  // namespace pgfill::postgres
