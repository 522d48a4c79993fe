// Works through one leased range, batch by batch, from its cursor to its end. Each batch is one transaction in one
// round trip: pin settings, walk to the boundary after next, fence, change the rows and move the cursor, COMMIT.
//
// It decides nothing about other ranges, retries nothing and asks before each batch whether it may go on.
#pragma once

#include <functional>
#include <string>

#include "async/task.h"
#include "ledger/range.h"
#include "pgfill/event.h"
#include "pgfill/spec.h"
#include "postgres/session.h"
#include "postgres/transaction.h"
#include "work/batch_sizer.h"
#include "work/job_statements.h"

namespace pgfill::work {

/// The answer to "may the next batch start?".
enum class Permit {
  go_on,
  split,  ///< go on, and give the far half of the range away first: somebody is idle
  stop,   ///< give the range back
};

/// What a worker needs to know of its job; outlives the worker.
struct JobWork {
  JobStatements statements;
  std::size_t key_columns = 1;
  std::string search_path;
  BatchLimits limits;
  std::int64_t estimated_rows = 0;  ///< in the table
};

/// What a worker is given from above; both outlive the worker.
struct WorkerHooks {
  std::function<async::Task<Permit>()> permit;  ///< asked before each batch; waits while the gate is closed
  std::function<void(Event::Body)> emit;
};

/// Not thread-safe; one per session. Keeps the batch size it has found from range to range.
class RangeWorker {
 public:
  RangeWorker(const JobWork& job, int number, WorkerHooks hooks);

  /// Runs the range until its end, a failure or a stop. Never throws postgres::Failure: that is an outcome.
  async::Task<RangeOutcome> run(postgres::Session& session, ledger::Lease lease);

  std::int64_t batch_rows() const { return sizer_.rows(); }

 private:
  /// The next piece of a range: everything above the cursor up to `bound`.
  struct Slice {
    std::optional<Key> bound;  ///< the cursor after the batch; empty: no key was found beyond the cursor
    std::int64_t rows = 0;     ///< walked; 0 when it is a remainder of unknown size
    bool last = false;         ///< its bound is the end of the range
  };

  async::Task<void> run_batches(postgres::Session& session, ledger::Lease& lease, RangeOutcome& outcome);
  async::Task<Slice> first_slice(postgres::Session& session, const ledger::Lease& lease);
  async::Task<Slice> run_batch(postgres::Session& session, ledger::Lease& lease, Slice slice, RangeOutcome& outcome);
  async::Task<Slice> prove_end(postgres::Session& session, const ledger::Lease& lease);
  async::Task<void> split(postgres::Session& session, ledger::Lease& lease, const Slice& slice);
  postgres::Pins pins(bool durable) const;
  void add_walk(std::vector<postgres::Command>& commands, const std::optional<Key>& from, const KeyRange& keys) const;
  Slice slice_from(const std::vector<postgres::Rows>& answers, std::size_t first, const KeyRange& keys,
                   std::int64_t walked) const;

  const JobWork& job_;
  int number_;
  WorkerHooks hooks_;
  BatchSizer sizer_;
};

}  // namespace pgfill::work
