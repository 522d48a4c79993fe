// Becoming the one runner of a job. A live runner keeps it; a dead one is replaced as soon as the server or the lease
// says that it is dead.
#pragma once

#include <string>

#include "ledger/job.h"
#include "pgfill/result.h"
#include "postgres/session.h"

namespace pgfill::run {

struct Claim {
  std::int64_t runner_id = 0;
  std::string mark;          ///< that the ledger has of this runner
  std::string crashed_host;  ///< of the runner that was found dead; empty: none
  int crashed_pid = 0;
};

/// Waits while the present runner is silent: until its heartbeat moves (error job_owned, naming it), its session is
/// gone or its lease has expired (at most about ten seconds). With `takeover` it is replaced at once. Throws Failure.
async::Task<Result<Claim>> claim_job(postgres::Session& session, std::int64_t job_id, std::string job, bool takeover);

}  // namespace pgfill::run
