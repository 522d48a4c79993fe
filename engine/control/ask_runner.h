// The asking side of control: makes a request of a job in its ledger, then waits until the runner has acknowledged it.
// Parses no spec: the caller has checked the fields that it sets.
#pragma once

#include <chrono>
#include <string>
#include <utility>
#include <vector>

#include "async/task.h"
#include "pgfill/steer.h"
#include "postgres/session.h"

namespace pgfill::control {

/// What is asked of a job.
struct Ask {
  std::string job;
  enum class What { pause, resume, cancel, set } what;
  std::string reason = {};  ///< of a pause or a cancellation
  std::vector<std::pair<std::string, std::string>> settings =
      {};                              ///< path and value; empty: the spec's own holds again
  std::chrono::milliseconds patience;  ///< with the runner
};

/// Throws Failure P0002 when there is no such job, 22023 when a setting is none that may change.
async::Task<Steered> ask_runner(postgres::Session& session, Ask asked);

}  // namespace pgfill::control
