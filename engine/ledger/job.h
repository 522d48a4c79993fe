// Jobs in the ledger: one row a job, registered together with its ranges. Not who runs them (runner.h).
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "async/task.h"
#include "pgfill/job_state.h"
#include "pgfill/plan.h"
#include "postgres/rows.h"
#include "postgres/session.h"

namespace pgfill::ledger {

/// A registered job, as needed to run it.
struct JobRecord {
  std::int64_t id = 0;
  std::string name;
  std::string kind;      ///< update, delete
  bool limited = false;  ///< it has an allowance of rows
  JobState state = JobState::registered;
  std::string canonical;  ///< canonical_form of its spec
  std::string spec_yaml;
  std::uint32_t table_oid = 0;    ///< when registered
  std::uint32_t present_oid = 0;  ///< of the table that has its name now; 0 = none
  std::string schema;
  std::string table;
  std::vector<KeyColumn> key;
  std::string search_path;            ///< that its expressions were checked under
  std::vector<std::string> settings;  ///< that they are evaluated under
  std::int64_t estimated_rows = 0;
  bool by_leaf = false;                     ///< its relations are the leaf partitions of its table
  int stripes = 1;                          ///< the most that the rows of a relation are cut into; 1: none
  std::string one_at_a_time;                ///< why no batch may run beside another one; empty: they may
  bool by_position = false;                 ///< some relation goes in physical order: bounds and cursors are positions
  std::optional<std::int64_t> table_bytes;  ///< with indexes, when registered
  std::int64_t wal_used = 0;                ///< bytes of its budget that former runners have counted
  bool has_detached = false;                ///< a former run has begun to drop partitions
  bool has_inserted = false;                ///< its batches have inserted rows into its table, by a trigger or function
  std::vector<std::string> changes;         ///< of its table since it was planned or adopted, in words
  std::vector<std::string> key_changes;     ///< why no index finds its rows any more; empty: one does
  std::vector<std::string> servers;         ///< identities of the servers it may run on
};

/// The state in the column `state` of a row. Throws std::runtime_error for one that this program does not know.
JobState state_in(const postgres::Row& row);

async::Task<std::optional<JobRecord>> find_job(postgres::Session& session, std::string name);

/// What the ledger keeps of a spec.
struct Registration {
  std::string name;
  std::string spec_yaml;  ///< as parse_spec reads it back
  std::string canonical;  ///< canonical_form of the spec
  std::string server;     ///< identity of the server it is registered on
  /// Columns that it uses; a change of any other does not concern it. Nothing: it may use all.
  std::optional<std::vector<std::string>> columns;
  std::string kind = {};                       ///< name_of its kind
  std::optional<std::int64_t> allowance = {};  ///< rows that it may delete; empty: any number
};

/// Registers the job with its ranges in one transaction. False: somebody else has registered the name meanwhile.
async::Task<bool> register_job(postgres::Session& session, Registration job, const Plan& plan);

/// Replaces the registered spec by one of the same job with other knobs.
async::Task<void> update_spec(postgres::Session& session, std::int64_t job_id, std::string spec_yaml);

/// The registered spec of a job, as YAML; empty: no such job.
async::Task<std::optional<std::string>> job_spec(postgres::Session& session, std::string name);

/// Changes why no batch of the job may run beside another one; waits for the batches that are under way.
async::Task<void> run_in_turn(postgres::Session& session, std::int64_t job_id, std::string one_at_a_time);

/// Removes a job with its ranges and events, so that it can run anew.
async::Task<void> forget_job(postgres::Session& session, std::int64_t job_id);

/// What was accepted by adopting a job.
struct Adopted {
  std::vector<std::string> changes;  ///< of the table
  bool server_is_new = false;
};
/// Accepts the present table and server as the job's own. Empty: no job of this name, or its table is gone.
async::Task<std::optional<Adopted>> adopt_job(postgres::Session& session, std::string name, std::string server);

/// The upper end of the job's key space; empty: unbounded.
async::Task<std::optional<Key>> job_bound(postgres::Session& session, std::int64_t job_id);

/// Whether rows that the job has changed may fulfil its condition still, as far as its batches were asked to tell.
async::Task<bool> done_rows_meet(postgres::Session& session, std::int64_t job_id);

/// Forgets which transactions have changed rows for jobs that are done or gone. Nothing depends on it.
async::Task<void> forget_changes(postgres::Session& session);

/// Whether nothing is left of the job: it is marked as done, or only quarantined rows keep it from that.
async::Task<bool> all_done(postgres::Session& session, std::int64_t job_id);

/// Marks the job as done, durably, if every range is and no row is skipped; the time since its first start. Empty: it
/// is not done.
async::Task<std::optional<std::chrono::milliseconds>> finish_job(postgres::Session& session, std::int64_t job_id);

}  // namespace pgfill::ledger
