// What people want of a job (pgfill.wish), and what its runner has obeyed. Whoever changes the wish waits for the
// runner's word; nobody steers a runner in any other way from outside.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "async/task.h"
#include "postgres/session.h"

namespace pgfill::ledger {

/// The desired state of a job; its version counts the changes, 0 when nobody has said anything.
struct Wish {
  std::int64_t version = 0;
  bool paused = false;
  bool cancelled = false;
  std::string reason;
  std::string by;                                             ///< the role that changed it last
  std::vector<std::pair<std::string, std::string>> settings;  ///< fields of the spec, by path, that hold instead

  bool operator==(const Wish&) const = default;
};

async::Task<Wish> read_wish(postgres::Session& session, std::int64_t job_id);

/// The runner's word that it obeys this version.
async::Task<void> obey(postgres::Session& session, std::int64_t runner_id, std::int64_t version);

/// How far a change of the wish has come.
struct Steering {
  Wish wish;  ///< version, paused, cancelled and by only
  std::int64_t obeyed_version = 0;
  std::string host;  ///< of the runner; empty: nobody runs it
  int pid = 0;
  std::chrono::milliseconds seen{0};  ///< since its last sign of life
  bool alive = false;
  std::string job_state;
  std::int64_t batches = 0;  ///< committed, all runs
};

/// Empty: no such job.
async::Task<std::optional<Steering>> steering(postgres::Session& session, std::string job);

/// One of the functions of the ledger by which people steer; answers its sentence. Throws Failure P0002 when there is
/// no such job, 22023 when the setting is none that may change.
async::Task<std::string> steer(postgres::Session& session, sql::Statement function, postgres::Parameters parameters);

/// Names of the jobs that are not over.
async::Task<std::vector<std::string>> open_jobs(postgres::Session& session);

}  // namespace pgfill::ledger
