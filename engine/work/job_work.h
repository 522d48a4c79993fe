// What every worker of a job knows, and what it is given from above. Values only.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "async/task.h"
#include "ledger/skipped.h"
#include "pgfill/event.h"
#include "pgfill/spec.h"
#include "postgres/transaction.h"
#include "work/job_statements.h"
#include "work/permit.h"
#include "work/row_failure.h"

namespace pgfill::work {

/// What a worker needs to know of its job and of one relation of it.
struct JobWork {
  std::int64_t job_id = 0;
  std::string job;
  ledger::TableNames table;
  JobStatements statements;
  /// Of the ledger, that the table is; 0: the table is not, but each of its leaf partitions is one.
  std::int64_t relation_id = 1;
  std::vector<std::string> key_columns = {};  ///< names, in key order
  bool by_position = false;                   ///< in physical order: bounds and cursors are positions
  /// Values of a cursor, and of a bound.
  std::size_t cursor_size() const { return by_position ? 1 : key_columns.size(); }
  bool conditional = false;         ///< its end looks for rows that others have written behind the cursors
  bool rows_stay = true;            ///< rows that are done are there still, and are known by who has written them
  bool may_keep = false;            ///< a trigger may keep rows from being deleted
  bool limited = false;             ///< it has an allowance of rows
  bool condition_may_tell = false;  ///< `where` reads what the job writes, so it may tell what is done
  /// `where` or `set` read other rows: a batch sees all of them in one snapshot, or locks its own rows first.
  bool reads_other_rows = false;
  bool fills_nulls = false;    ///< `where` demands that what is set is NULL: nothing is overwritten
  bool may_insert = false;     ///< batches may insert rows into the table, which are no work for the job
  bool one_at_a_time = false;  ///< no batch may run beside another one
  bool asks_again = false;     ///< batches tell whether rows that are done fulfil `where` still
  std::string search_path = {};
  std::vector<std::string> settings = {};  ///< that its expressions mean what they say under; empty: the engine's own
  bool key_has_one_text = true;            ///< its keys are written alike under all settings
  BatchLimits limits = {};
  BadRows bad_rows = {};
  std::int64_t estimated_rows = 0;  ///< of the job; shares of ranges are of these
  /// Type of the key, where it is one column and rows lie in another order, so that each is on another page; else
  /// empty.
  std::string scattered_key = {};
  double row_bytes = 0;         ///< by the statistics, with TOAST where the job may write it; 0: unknown
  std::uint32_t toast_oid = 0;  ///< table whose growth tells what a batch writes out of line; 0: none
  int stripes = 1;              ///< that its rows are cut into; 1: none
  /// A batch that may wait for locks ends within this: well before a session that waits for it would look for a
  /// deadlock and be chosen as the victim.
  async::milliseconds direct_patience{600};
  /// The sweep may read the whole table in one snapshot for this long: no transaction of the engine holds back vacuum
  /// for longer.
  async::milliseconds sweep_patience{20'000};
};

/// What a worker is given from above; outlives the worker.
struct WorkerHooks {
  /// Asked before each batch of a worker (0-based); waits while the gate is closed.
  std::function<async::Task<Permit>(int worker)> permit;
  std::function<Aim()> aim;  ///< as it is now: people and the throttle change it
  /// Called for each batch, before its event.
  std::function<void(const CommittedBatch&)> committed;
  /// Called when the ledger has a new range that nobody holds.
  std::function<void()> range_added;
  /// Called when something is tried again.
  std::function<void()> failed;
  /// For people: nothing follows from an event.
  std::function<void(Event::Body)> emit;
  /// Called for each batch in stripes that followed another pass: rows that stayed on their page, and all.
  std::function<void(std::int64_t on_page, std::int64_t changed)> measured;
};

/// Whether an update of these columns takes the stronger row lock, which waits for foreign key checks too.
async::Task<bool> changes_unique_key(postgres::Session& session, std::uint32_t table_oid,
                                     std::vector<std::string> columns);

/// Whether a trigger of the table may keep a row that is to be deleted.
async::Task<bool> has_keeping_trigger(postgres::Session& session, std::uint32_t table_oid);

/// A table with all of its columns.
async::Task<ledger::TableNames> table_names(postgres::Session& session, std::uint32_t table_oid, std::string name);

/// Of the order of a column with the physical order, -1 to 1; empty: there are no statistics of it.
async::Task<std::optional<double>> correlation_of(postgres::Session& session, std::uint32_t table_oid,
                                                  std::string column);

/// Sets row_bytes and toast_oid for a job that sets these columns. `rows`: of the table, by estimate.
async::Task<void> measure_rows(postgres::Session& session, JobWork& job, std::vector<std::string> set,
                               std::int64_t rows);

/// Of a leaf partition, in one round trip: names its table and measures its rows. Answers the correlation of a column.
async::Task<std::optional<double>> measure_leaf(postgres::Session& session, JobWork& job, std::vector<std::string> set,
                                                std::int64_t rows, std::string column);

/// Columns of the table that the server computes.
async::Task<std::vector<std::string>> generated_columns(postgres::Session& session, std::uint32_t table_oid);

/// Parameters of an interval of keys, in the order the built statements number them.
postgres::Parameters key_parameters(const std::optional<Key>& lower, const std::optional<Key>& upper);
sql::Sides sides_of(const std::optional<Key>& lower, const std::optional<Key>& upper);

/// The key in a row of an answer whose first columns are the key's.
Key key_at(const postgres::Rows& rows, int row, std::size_t columns);

/// Throws when more rows are quarantined than the spec allows; `row` is the last of them.
void require_few_bad_rows(const JobWork& job, std::int64_t quarantined, const ledger::BadRow& row);

/// Settings of a job's transactions; as keys are written, until expressions follow. `waits`: the statement may wait for
/// rows that others hold, briefly; where the job reads other rows, it sees all of them in one snapshot.
postgres::Pins pins_of(const JobWork& job, bool durable, bool waits);
/// Throws PF006 when the server does not know what the job's expressions mean under: no row is to blame for that.
async::Task<void> require_settings(postgres::Session& session, const JobWork& job);
/// What follows in the transaction evaluates expressions of the job. Adds a command only where pins_of() could not see
/// to it for the whole transaction.
void add_settings(std::vector<postgres::Command>& commands, const JobWork& job);

}  // namespace pgfill::work
