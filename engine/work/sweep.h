// Looks for rows that the ranges have left behind: inserted below a cursor by a transaction that was open then, moved
// there by a change of key, or changed so that they meet the condition only now. Which rows can be among them their
// xmin tells: others have written them since the job began. It reads; what it finds is listed as deferred by its
// caller.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "async/task.h"
#include "ledger/skipped.h"
#include "postgres/session.h"
#include "work/job_work.h"

namespace pgfill::work {

/// The table has no key: a row is named by its position, under which nobody finds it when it has been updated since.
bool is_keyless(const JobWork& job);

/// A transaction that may have written rows of the table that nobody sees yet.
struct TableWriter {
  std::string transaction;  ///< unique on the server while it runs
  int pid = 0;              ///< 0: a prepared transaction
  std::string application;  ///< its gid, when prepared
  std::chrono::seconds age{0};
};
/// Those of others that have written to the job's table, or may, oldest first.
async::Task<std::vector<TableWriter>> table_writers(postgres::Session& session, const JobWork& job);
/// And those that may have locked rows of it (SELECT … FOR UPDATE).
async::Task<std::vector<TableWriter>> row_holders(postgres::Session& session, const JobWork& job);

/// The transaction that would begin next: whatever is written from now on is written by it or a later one.
async::Task<std::string> next_transaction(postgres::Session& session);

/// "pid 4121 (psql, for 75s)", "prepared transaction 'order-17' (for 75s)"
std::string describe(const TableWriter& writer);

/// Not thread-safe.
class Sweep {
 public:
  /// `job`: of the whole table. `bound`: the upper end of the job's keys; empty: none.
  Sweep(const JobWork& job, WorkerHooks hooks, std::optional<Key> bound)
      : job_(job), hooks_(std::move(hooks)), bound_(std::move(bound)) {}

  static constexpr std::size_t most_at_once = 20'000;

  /// Rows of all relations that fulfil the spec's `where`, are not listed and were written by others since the job
  /// began (in physical order whenever), up to `most_at_once` of them. `until`: only those written before this
  /// transaction. In one snapshot when the table can be read within a few seconds, or has no key; else piece by piece
  /// in key order. Empty: asked to stop. Throws Failure.
  async::Task<std::optional<std::vector<ledger::FoundRow>>> left_behind(postgres::Session& session,
                                                                        std::optional<std::string> until);

  /// What is left behind in one piece of the table, and where the next begins.
  struct Piece {
    std::vector<ledger::FoundRow> found;
    std::optional<Key> upper;  ///< empty: no more pieces
  };
  /// Reads the piece above `lower` (empty: the first), of as many rows as take about a second. Empty: asked to stop.
  async::Task<std::optional<Piece>> next_piece(postgres::Session& session, std::optional<Key> lower,
                                               std::optional<std::string> until);

 private:
  async::Task<std::vector<ledger::FoundRow>> look(postgres::Session& session, std::optional<Key> lower,
                                                  std::optional<Key> upper, std::optional<std::string> until,
                                                  bool whole);
  async::Task<std::optional<std::vector<ledger::FoundRow>>> piece_by_piece(postgres::Session& session,
                                                                           std::optional<std::string> until);
  async::Task<std::optional<Key>> boundary(postgres::Session& session, std::optional<Key> lower, std::int64_t rows);

  const JobWork& job_;
  WorkerHooks hooks_;
  std::optional<Key> bound_;
  std::int64_t piece_rows_ = 100'000;
};

}  // namespace pgfill::work
