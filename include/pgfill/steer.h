// Steering a job from anywhere: all that is needed is a connection to its database. The same as the SQL functions
// pgfill.pause, resume, cancel and set, and it waits for the runner's acknowledgement. Link pgfill_library.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "pgfill/job.h"
#include "pgfill/result.h"

namespace pgfill {

/// What became of a request.
struct Steered {
  /// How far it has come.
  enum class Answer {
    acknowledged,  ///< by the runner: no batch that the request forbids begins any more
    no_runner,     ///< nobody runs the job; the request holds for the next run
    silent,        ///< the runner has not answered within the patience; the request stands
    over,          ///< the job is done: nothing is left to steer
  };
  std::string job;
  Answer answer = Answer::silent;
  std::string sentence;                ///< the database's own answer
  std::string runner;                  ///< "host pid 4121"; empty: nobody runs it
  std::chrono::milliseconds after{0};  ///< until the acknowledgement, or as long as it was waited for
  std::chrono::milliseconds seen{0};   ///< since the runner's last sign of life
  std::int64_t batches = 0;            ///< committed by then, all runs
  std::string overruled_by;            ///< the role that made another request meanwhile; empty: nobody
};

/// How long the runner's acknowledgement is waited for.
inline constexpr std::chrono::seconds steering_patience{10};

/// Each errs with: connection errors, ledger_missing, ledger_version, no_such_job.
/// No batch begins until resume_job. A job that nobody runs stays paused for the next run.
Result<Steered> pause_job(const ConnectionSettings& connection, const std::string& job, const std::string& reason,
                          std::chrono::milliseconds patience = steering_patience);
/// Takes a pause back, and a cancellation too.
Result<Steered> resume_job(const ConnectionSettings& connection, const std::string& job,
                           std::chrono::milliseconds patience = steering_patience);
/// The runner stops after the present batches; the job is not run again unless it is resumed.
Result<Steered> cancel_job(const ConnectionSettings& connection, const std::string& job, const std::string& reason,
                           std::chrono::milliseconds patience = steering_patience);
/// Lays fields over the spec: path and value, as the spec would have them; an empty value lets the spec hold again.
/// Also errs with spec_unknown_field and spec_bad_value; nothing is changed then.
Result<Steered> set_job(const ConnectionSettings& connection, const std::string& job,
                        const std::vector<std::pair<std::string, std::string>>& settings,
                        std::chrono::milliseconds patience = steering_patience);

/// Names of the jobs of the database that are not over. Errors: connection errors, ledger_missing.
Result<std::vector<std::string>> open_jobs(const ConnectionSettings& connection);

}  // namespace pgfill
