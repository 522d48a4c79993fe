// Decides how one leased range is gone through, batch by batch, from its cursor to its end: a state machine that is
// given answers and says what to ask for next (range_action.h). A batch that fails for its rows is mended here
// (remedy.h): around rows that others hold, smaller, or past a bad row.
//
// Pure: no I/O, no clock, no SQL. It decides nothing about other ranges, tries nothing again that it cannot mend, and
// asks before each step whether it may go on. Two carry its actions out: work/range_worker.cpp on a session, and the
// simulator in tests/sim.
#pragma once

#include <cassert>
#include <string>
#include <vector>

#include "ledger/lease.h"
#include "pgfill/event.h"
#include "pgfill/spec.h"
#include "work/batch_sizer.h"
#include "work/range_action.h"
#include "work/refusals.h"
#include "work/snapshot_limit.h"

namespace pgfill::work {

/// What the machine needs to know of its job.
struct RangeFacts {
  std::string table = {};                     ///< name
  std::vector<std::string> key_columns = {};  ///< names, in key order
  bool by_position = false;                   ///< in physical order: bounds and cursors are positions
  bool reads_other_rows = false;              ///< a batch sees all of them in one snapshot
  bool may_insert = false;                    ///< batches may insert rows into the table
  bool counts_toast = false;                  ///< batches can tell how much they write out of line
  int stripes = 1;                            ///< that its rows are cut into; 1: none
  std::int64_t estimated_rows = 0;            ///< in the table
  double row_bytes = 0;                       ///< by the statistics; 0: unknown
  std::string scattered_key = {};             ///< type of the key whose rows lie in another order; else empty
  BatchLimits limits = {};                    ///< until the first permit brings others
  BadRows bad_rows = {};
  std::chrono::milliseconds direct_patience{600};  ///< that a batch may take which waits for locks
};

/// What is to be done next, and what has come to pass since the last decision.
struct Decision {
  /// Rows changed in a pass that followed another, and those of them that stayed on their page.
  struct OnPage {
    std::int64_t on_page = 0;
    std::int64_t changed = 0;
  };
  Action action = action::Finished{};
  std::vector<Event::Body> events = {};
  std::optional<OnPage> measured = {};
  std::optional<CommittedBatch> committed = {};
  bool range_added = false;
  bool tries_again = false;  ///< after a failure, in another way
};

/// Not thread-safe; one per worker. Keeps the batch size it has found from range to range.
class RangeMachine {
 public:
  /// `number`: of the worker (0-based). `refusals` outlives it.
  RangeMachine(RangeFacts facts, int number, Refusals& refusals);

  /// From here on ranges are of another relation of the job; only when none is under way. Keeps the batch size.
  void know(RangeFacts facts);
  /// Begins a range; only when none is under way. The decision holds until the next call.
  const Decision& begin(ledger::Lease lease);
  /// The answer to the action decided last; only while a range is under way.
  const Decision& next(Answer answer);
  /// The visit ends without an end of its own: what carried the actions out is gone.
  void abandon() { decision_ = {}; }

  const ledger::Lease& lease() const { return lease_; }
  bool under_way() const { return !std::holds_alternative<action::Finished>(decision_.action); }

 private:
  Action take(answer::Permitted& given);
  Action take(answer::Walked& given);
  Action take(answer::Found& given);
  Action take(answer::Changed& given);
  Action take(answer::EndSeen& given);
  Action take(answer::GivenAway& given);
  Action take(answer::RowSeen& given);
  Action take(answer::RowSetAside& given);
  Action take(answer::Released& given);
  Action take(answer::Failed& given);

  Action find_slice();
  Action walk_for_slice();
  Action change();
  Action give_away();
  Action split_at(const std::optional<Key>& at, const NearPart& keep);
  Action after_batch(bool range_ended);
  Action end();
  Action fail(const postgres::Failure& failure);

  // What is done about a slice that has failed for its rows.
  Action mend(const answer::Failed& failed);
  Remedy remedy(FailureClass what);
  void take_less(FailureClass what, const postgres::Failure& failure);
  Action look_from_the_cursor();
  Action pass_row(const std::optional<Key>& row);

  /// The action whose answer has come.
  template <typename Wanted>
  const Wanted& asked() const {
    const auto* action = std::get_if<Wanted>(&decision_.action);
    assert(action != nullptr && "an answer belongs to the action that was asked for");
    return *action;
  }
  bool looks_before_the_end() const;
  bool goes_on_and_on() const;
  postgres::Failure own_work() const;
  std::optional<Slice> known_slice();
  std::int64_t slice_rows() const;
  std::int64_t at_most(std::int64_t by_time) const;
  Slice slice_from(answer::Walked& walked, std::int64_t rows) const;
  void take_slice(Slice slice);
  void move_on(const Slice& slice, std::int64_t changed);
  void note_work(const answer::Changed& done);
  void check_lease() const;
  void check_slice() const;

  RangeFacts facts_;
  const int number_;
  Refusals& refusals_;

  // From range to range.
  BatchSizer sizer_;
  SnapshotLimit snapshot_;
  ReadAhead read_ahead_;
  BatchLimits limits_;  ///< as they are now
  bool stripes_pay_ = true;
  std::optional<Key> missed_;  ///< the bound of a slice that failed and had no row

  // Of the visit to a range.
  Decision decision_;
  ledger::Lease lease_;
  RangeOutcome outcome_;
  PassMemory memory_;
  Effect effect_;
  std::optional<Slice> slice_;                    ///< what is done next; empty: to be found from the cursor
  Way way_ = Way::direct;                         ///< over it
  std::optional<Slice> known_;                    ///< the slice after it, where that is remembered
  bool gave_away_ = false;                        ///< since the last batch
  std::optional<postgres::Failure> row_failure_;  ///< of the only row of the slice
};

}  // namespace pgfill::work
