// How every transaction of the engine begins and ends. Knows nothing of what happens in between.
#pragma once

#include <string>
#include <vector>

#include "postgres/session.h"

namespace pgfill::postgres {

/// Settings every transaction of the engine is pinned to, whatever the role or database says (SET LOCAL, so safe behind
/// a pooler): ISO dates, UTC, full float digits, the job's search path, row_security off, READ COMMITTED, timeouts, and
/// a planner that follows the key's index. The first commands of every transaction.
struct Pins {
  async::milliseconds statement_timeout{10'000};
  async::milliseconds lock_timeout{200};
  bool synchronous_commit = false;         ///< true: as the server is configured
  std::string search_path = "pg_catalog";  ///< a job's is the one its expressions were checked under
  bool read_only = false;
};
/// BEGIN and the pins, as commands to put in front of an exchange.
std::vector<Command> begin(const Pins& pins);
/// COMMIT, the last command of an exchange; check its tag with committed().
Command commit();
/// True when the answer to COMMIT says that the transaction is committed (a failed one answers ROLLBACK).
bool committed(const Rows& answer);

}  // namespace pgfill::postgres
