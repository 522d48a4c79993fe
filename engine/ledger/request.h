// What is asked of a job (pgfill.request), and what its runner has acknowledged. The asking side waits for the runner's
// acknowledgement; nobody steers a runner in any other way from outside.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "async/task.h"
#include "pgfill/job_state.h"
#include "postgres/session.h"

namespace pgfill::ledger {

/// Fields of the spec by path, and the values that hold instead.
using Settings = std::vector<std::pair<std::string, std::string>>;

/// The desired state of a job, the sum of all requests; its version counts them, 0 when there was none.
struct Request {
  std::int64_t version = 0;
  bool paused = false;
  bool cancelled = false;
  std::string reason;
  std::string by;  ///< the role that made the last one
  Settings settings;

  bool operator==(const Request&) const = default;
};

async::Task<Request> read_request(postgres::Session& session, std::int64_t job_id);

/// The runner obeys this version: no batch that it forbids begins any more.
async::Task<void> acknowledge(postgres::Session& session, std::int64_t runner_id, std::int64_t version);

/// How far a request has come.
struct Acknowledgement {
  Request request;                        ///< version, paused, cancelled and by only
  std::int64_t acknowledged_version = 0;  ///< of the request
  std::string host;                       ///< of the runner; empty: nobody runs the job
  int pid = 0;
  std::chrono::milliseconds seen{0};  ///< since its last sign of life
  bool alive = false;
  JobState job_state = JobState::registered;
  std::int64_t batches = 0;  ///< committed, all runs
};

/// Empty: no such job.
async::Task<std::optional<Acknowledgement>> acknowledgement(postgres::Session& session, std::string job);

/// Each makes a request by the function of the ledger that bears its name, and answers its sentence. Throws Failure
/// P0002 when there is no such job.
async::Task<std::string> pause(postgres::Session& session, std::string job, std::string reason);
async::Task<std::string> resume(postgres::Session& session, std::string job);
async::Task<std::string> cancel(postgres::Session& session, std::string job, std::string reason);
/// All of them at once. An empty value: the spec's own holds again. Throws 22023, too: a setting is none that may
/// change.
async::Task<std::string> set(postgres::Session& session, std::string job, Settings settings);
/// The settings that are asked for now.
async::Task<Settings> settings_of(postgres::Session& session, std::string job);

/// Names of the jobs that are not over.
async::Task<std::vector<std::string>> open_jobs(postgres::Session& session);

}  // namespace pgfill::ledger
