// Works through one leased range, batch by batch, from its cursor to its end. Each batch is one transaction in one
// round trip: pin settings, walk to the boundary after next, fence, change the rows and move the cursor, COMMIT.
//
// A batch that fails for its rows is mended here (remedy.h): around rows that others hold, smaller, or past a bad row.
// It decides nothing about other ranges, tries nothing again that it cannot mend, and asks before each batch whether it
// may go on.
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
#include "work/job_work.h"
#include "work/read_ahead.h"
#include "work/refusals.h"
#include "work/remedy.h"
#include "work/slice.h"
#include "work/snapshot_limit.h"

namespace pgfill::work {

/// Not thread-safe; one per session. Keeps the batch size it has found from range to range.
class RangeWorker {
 public:
  /// `refusals` outlives it.
  RangeWorker(const JobWork& job, int number, WorkerHooks hooks, Refusals& refusals);

  /// Runs the range until its end, a failure or a stop. Never throws postgres::Failure: that is an outcome.
  async::Task<RangeOutcome> run(postgres::Session& session, ledger::Lease lease);

  std::int64_t batch_rows() const { return sizer_.rows(); }

 private:
  /// What is to be done next; without a slice, it is to be found from the cursor.
  struct Step {
    std::optional<Slice> slice;
    Way way = Way::direct;
    bool range_ended = false;
  };

  async::Task<void> run_batches(postgres::Session& session, ledger::Lease& lease, RangeOutcome& outcome);
  async::Task<Slice> first_slice(postgres::Session& session, ledger::Lease& lease);
  async::Task<Step> advance(postgres::Session& session, ledger::Lease& lease, Step step, RangeOutcome& outcome);
  async::Task<std::optional<Slice>> run_batch(postgres::Session& session, ledger::Lease& lease, Slice slice, Way way,
                                              RangeOutcome& outcome);
  async::Task<bool> pass_bad_row(postgres::Session& session, ledger::Lease& lease, Slice slice,
                                 postgres::Failure failure);
  async::Task<std::optional<Key>> row_at_bound(postgres::Session& session, Slice slice);
  async::Task<void> set_aside(postgres::Session& session, ledger::Lease& lease, Slice slice, ledger::BadRow row);
  async::Task<Slice> prove_end(postgres::Session& session, const ledger::Lease& lease);
  async::Task<std::optional<Key>> row_beyond(postgres::Session& session, const ledger::Lease& lease,
                                             std::optional<Key> from, std::int64_t rows);
  async::Task<void> split(postgres::Session& session, ledger::Lease& lease, const Slice& slice);
  Remedy remedy(FailureClass what, const Step& step, const postgres::Failure& failure);
  void take_less(const ledger::Lease& lease, const Slice& slice, FailureClass what, const postgres::Failure& failure);
  void begin_pass(ledger::Lease& lease);
  std::int64_t slice_rows(const ledger::Lease& lease) const;
  void move_on(ledger::Lease& lease, const Slice& slice, std::int64_t changed);
  void add_walk(std::vector<postgres::Command>& commands, const std::optional<Key>& from,
                const ledger::Lease& lease) const;
  void add_toast_count(std::vector<postgres::Command>& commands, bool counts) const;
  Slice slice_from(const std::vector<postgres::Rows>& answers, std::size_t first, const KeyRange& keys,
                   std::int64_t walked) const;

  const JobWork& job_;
  int number_;
  WorkerHooks hooks_;
  Refusals& refusals_;
  BatchSizer sizer_;
  SnapshotLimit snapshot_;
  PassMemory memory_;
  ReadAhead read_ahead_;
  Effect effect_;  ///< of this visit
  bool stripes_pay_ = true;
  std::optional<Key> missed_;  ///< the bound of a slice that failed and had no row
};

}  // namespace pgfill::work
