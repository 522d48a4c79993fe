// Ranges in the ledger: leases under an epoch, the fence every batch begins with, and what a batch leaves behind.
// The statements that touch a table's rows are built by row_statements.h.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "async/task.h"
#include "ledger/lease.h"
#include "pgfill/range.h"
#include "postgres/session.h"

namespace pgfill::ledger {

/// Leases the next free range of the job for a runner: one that nobody holds, or a dead runner does. Empty when none is
/// free. Blocks behind a dead holder's
/// transaction for at most the lock timeout (Failure 55P03). Failure: somebody has changed the table.
/// `looks`: at the table and its partitions first, as require_unchanged_table() does.
async::Task<std::optional<Lease>> lease_next(postgres::Session& session, std::int64_t job_id, std::int64_t runner_id,
                                             bool looks = true);

/// Throws table_changed when the job's table has changed since it was planned or adopted, key_index_gone when only the
/// index that finds its rows is missing. Every lease looks, too.
async::Task<void> require_unchanged_table(postgres::Session& session, std::int64_t job_id);

/// Leases a range this runner holds under a new epoch and reads its cursor from the ledger; empty when the range is
/// done or the runner has been replaced.
async::Task<std::optional<Lease>> lease_again(postgres::Session& session, std::int64_t job_id, std::int64_t runner_id,
                                              std::int64_t range_id);

/// Leases a range that the ledger counts as this runner's though it is none of those the runner knows of (`known`): the
/// answer to its lease was lost, or a failover has taken back its end. No other lease of the runner may be under way.
async::Task<std::optional<Lease>> lease_lost(postgres::Session& session, std::int64_t job_id, std::int64_t runner_id,
                                             std::vector<std::string> known);

/// Gives a range back before its end.
async::Task<void> release(postgres::Session& session, Lease lease);

/// A key as a parameter of the type text[]; NULL when there is none.
postgres::Parameter key_parameter(const std::optional<Key>& key);

/// A position as parameters: cursor, first stripe, stripes, done.
postgres::Parameters position_parameters(const Position& position);

/// The first write of a batch: raises PF001 unless the lease still holds.
postgres::Command fence(const Lease& lease);
/// Of a job no batch of which may run beside another one: waits for the batches of all ranges, as the fence does.
postgres::Command take_turn(std::int64_t job_id);
/// A job's table and what must be found under its names.
struct TableNames {
  std::uint32_t oid = 0;
  std::string name = {};                  ///< as statements call it: qualified and quoted
  std::vector<std::string> columns = {};  ///< of which some statement of the job speaks
  std::vector<std::string> numbers = {};  ///< of the columns
  bool plain = false;                     ///< no partitioned one: its own rows are all that statements are for
  std::uint32_t leaf_of = 0;              ///< the partitioned table that it must be a partition of; 0: none
};
/// Raises PF004 when the names lead elsewhere; after a statement that has used them, and locked the table.
postgres::Command require_table(const TableNames& table);
/// What a batch changes, and where it leaves its range.
struct BatchChange {
  Position after;
  std::optional<std::int64_t> walked;  ///< rows; empty: as many as it changes
  bool noted = false;                  ///< its transaction is noted as one that has changed rows
  bool may_insert = false;             ///< it may insert rows into the table; notes that it did
  bool asks_again = false;             ///< the statement tells whether a row it has changed fulfils its condition still
  std::string statement = {};          ///< that changes the rows; its only parameter is the array of `values`
  std::string counting = {};  ///< locks and counts these rows before it, as triggers may keep some; empty: none do
  bool limited = false;       ///< the job has an allowance
  std::vector<std::string> values = {};  ///< of the interval
};
/// The fence, the change and the new position in one. Answers the rows changed, those of them that stayed on their
/// page, the rows that were inserted into the table by the way, and those that triggers have kept.
postgres::Command run_batch(const Lease& lease, const TableNames& table, const BatchChange& change);
/// Marks the range as done; in a fenced transaction.
postgres::Command finish_range(const Lease& lease);
/// Gives the keys above `at` to a new free range, in the same pass; in a fenced transaction. The lower part keeps
/// `share`; `walked` rows of former passes lie in the upper. Answers the new range's id.
postgres::Command split_range(const Lease& lease, const Key& at, double share, std::int64_t walked);

/// Whether the job's ranges are all done, and sums over them.
struct RangeTotals {
  std::int64_t ranges = 0;
  std::int64_t done = 0;
  std::int64_t rows_changed = 0;
  std::int64_t batches = 0;
  double share_done = 0;  ///< 0 to 1
  std::int64_t deferred = 0;
  std::int64_t quarantined = 0;
  std::int64_t rows_kept = 0;    ///< by triggers, from being deleted
  std::int64_t rows_beyond = 0;  ///< met by ranges without an upper end, beyond those they were planned for
};
async::Task<RangeTotals> range_totals(postgres::Session& session, std::int64_t job_id);
/// Rows inserted into the table since the server counts, by whomever; some seconds old.
async::Task<std::int64_t> rows_inserted(postgres::Session& session, std::uint32_t table_oid);

}  // namespace pgfill::ledger
