// Who runs a job now. A runner is alive while its lease runs; its heartbeat renews it. Range leases hang on the runner,
// so one heartbeat keeps all of them. Times are the database's.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "async/task.h"
#include "pgfill/job_state.h"
#include "postgres/session.h"

namespace pgfill::ledger {

/// How long a runner counts as alive after its last heartbeat.
inline constexpr std::chrono::milliseconds runner_lease{9'000};

/// The runner that has begun the job and not ended; of several the latest that lives.
struct PresentRunner {
  std::int64_t id = 0;
  std::string host;
  int pid = 0;
  std::string since;          ///< when it began
  std::string seen_at;        ///< its last heartbeat
  bool lease_runs = false;    ///< its lease has not expired
  bool session_gone = false;  ///< the server has no such session any more: certainly dead
  std::chrono::milliseconds silent{0};

  bool dead() const { return session_gone || !lease_runs; }
};

async::Task<std::optional<PresentRunner>> present_runner(postgres::Session& session, std::int64_t job_id);

/// Becomes the runner of a job, provided that the runner seen before (0: none) is still the present one; empty when
/// somebody was faster. Ends the former and those that are dead, and nobody else. Returns the runner id. `mark`: a text
/// of its own, which stays in the ledger.
async::Task<std::optional<std::int64_t>> begin_runner(postgres::Session& session, std::int64_t job_id,
                                                      std::int64_t former, std::string host, int pid, std::string mark);

/// Renews the lease and leaves a report (JSON) for status. False: another runner has taken over.
async::Task<bool> heartbeat(postgres::Session& session, std::int64_t runner_id, std::string report);

/// Ends the runner cleanly and frees its ranges. Sets the job's state and reason, unless another runner of it lives.
async::Task<void> end_runner(postgres::Session& session, std::int64_t runner_id, JobState state, std::string reason);

}  // namespace pgfill::ledger
