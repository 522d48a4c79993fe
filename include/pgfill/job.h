// Planning and running jobs from a C++ program; the command line uses nothing else. Link pgfill_library.
#pragma once

#include <atomic>
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "pgfill/event.h"
#include "pgfill/plan.h"
#include "pgfill/progress.h"
#include "pgfill/result.h"
#include "pgfill/spec.h"

namespace pgfill {

/// How to reach the database. libpq reads everything (PG* variables, service files, pgpass, TLS, several hosts);
/// `conninfo` is a libpq connection string or URI, or empty; `keywords` override it.
struct ConnectionSettings {
  std::string conninfo;
  std::vector<std::pair<std::string, std::string>> keywords;
};

/// How to run; the spec says what.
struct RunOptions {
  bool again = false;     ///< run a finished job anew
  bool takeover = false;  ///< do not wait for a silent runner's lease to expire
  int workers = 0;        ///< overrides the spec's; 0 = as the spec says
  /// Of the same spec and connection, just made: registered if the job is new. Empty: planned by the run.
  std::optional<Plan> plan = {};
};

/// Steers a running job from any thread or, for stop(), from a signal handler. One Control serves one run_job call.
class Control {
 public:
  Control();
  ~Control();
  Control(const Control&) = delete;
  Control& operator=(const Control&) = delete;

  /// First call: finish the current batches, then stop. Second call: cancel them. Async-signal-safe.
  void stop() noexcept;
  /// No batch begins until resume(). Safe from any thread.
  void pause(std::string reason);
  void resume();

  /// What was asked so far; read by the runner.
  struct Request {
    int stops = 0;  ///< calls of stop()
    bool paused = false;
    std::string reason;
  };
  Request request() const;
  /// Number of changes so far; cheap, async-signal-safe. The runner polls it.
  int version() const noexcept { return version_.load(); }

 private:
  struct Paused;
  std::atomic<int> stops_{0};
  std::atomic<int> version_{0};
  std::unique_ptr<Paused> paused_;
};

/// How a run ended.
struct RunReport {
  ExitCode exit = ExitCode::internal;
  Error error;                   ///< meaningful unless exit is done
  bool was_done_before = false;  ///< the job had ended in an earlier run; nothing was done
  Progress progress;             ///< as it stood at the end
  std::string advice;            ///< what is left to a person; empty: nothing
};

/// Reads facts, makes the plan, changes nothing (one read-only transaction). With `sampling` it then tries some hundred
/// rows and rolls that back, where nothing could remain of it but dead row versions and WAL; see README.md. A plan with
/// refusals is a value, not an error. Errors: connection errors, no_such_table.
Result<Plan> plan_job(const JobSpec& spec, const ConnectionSettings& connection, Sampling sampling = Sampling::off);

/// Runs the job to its end, or until stopped: plans and registers it, or resumes it where the ledger says. Blocks; uses
/// the calling thread and no other. Installs the ledger schema when it is missing.
RunReport run_job(const JobSpec& spec, const ConnectionSettings& connection, const RunOptions& options,
                  Control& control, Observer& observer);

/// Creates or upgrades the ledger schema. Idempotent. Returns the schema version.
Result<int> install_ledger(const ConnectionSettings& connection);

/// A signal of the throttle, as a runner last read it.
struct SignalStatus {
  std::string signal;           ///< as the spec calls it
  std::string subject;          ///< which replica, slot or file system; empty when there is one only
  std::optional<double> value;  ///< seconds, bytes, bytes a second, a share of 1, or a count; empty: unknown
  double limit = 0;             ///< in the same unit; infinite: none
};

/// A job as the ledger has it, for status and list.
struct JobStatus {
  std::string job, table;
  std::string kind = "update";            ///< or delete
  JobState state = JobState::registered;  ///< a running one's as its runner reports it
  std::string reason;                     ///< why it stopped; empty otherwise
  double share = 0;                       ///< 0 to 1
  std::int64_t estimated_rows = 0;
  std::int64_t rows_changed = 0;  ///< of a job that deletes: deleted
  std::int64_t rows_kept = 0;     ///< by triggers, from being deleted
  std::int64_t batches = 0;
  std::int64_t ranges = 0, ranges_done = 0, ranges_leased = 0;
  double rows_per_second = 0;  ///< as the runner last reported
  std::int64_t retries = 0;
  std::int64_t deferred = 0;          ///< rows listed because others held them
  std::int64_t quarantined = 0;       ///< rows listed because they cannot take their new value
  std::optional<WaitReason> held_by;  ///< why no batch begins, as the runner last reported; empty: they do
  std::string waiting_for;            ///< what the runner waits for, as it last reported; empty: nothing
  std::string pressure;               ///< the signals with their limits, the worst first, as the runner last reported
  std::string batch_summary;          ///< "batch 2,300 rows, p50 310ms p99 480ms", as the runner last reported
  std::vector<SignalStatus> signals;
  bool paused = false;        ///< a person wants it paused
  bool acknowledged = false;  ///< the runner has acknowledged the latest request
  std::string requested_by;   ///< the role that made the latest request; empty: there is none
  std::string requested_for;  ///< the reason of the pause or cancellation
  std::string one_at_a_time;  ///< why no batch may run beside another one; empty: they may
  std::string settings;       ///< fields laid over the spec: "workers=1, batch.time=5ms"
  std::string runner_host;    ///< empty: nobody runs it
  int runner_pid = 0;
  std::chrono::milliseconds runner_seen{0};         ///< since its last sign of life
  bool runner_alive = false;                        ///< its lease is running
  std::string created_at, started_at, finished_at;  ///< ISO 8601, database time; empty: not yet
  std::string spec_yaml;
};

/// One line of a job's history.
struct EventRecord {
  std::int64_t id = 0;
  std::string at;       ///< ISO 8601, database time
  std::string kind;     ///< for instance "job_started"
  std::string message;  ///< in words
  std::string detail;   ///< JSON object
};

/// Every job of the database, newest first. Errors: connection errors, ledger_missing.
Result<std::vector<JobStatus>> list_jobs(const ConnectionSettings& connection);
/// One job. Errors: as list_jobs, no_such_job (its hint names similar jobs).
Result<JobStatus> job_status(const ConnectionSettings& connection, const std::string& job);
/// The job's events with id > `after`, oldest first, at most `limit`.
Result<std::vector<EventRecord>> job_events(const ConnectionSettings& connection, const std::string& job,
                                            std::int64_t after, int limit);

}  // namespace pgfill
