// The pieces a worker cuts a range into, and what it remembers of them from one pass over the range to the next. Pure;
// keys are never compared here.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "ledger/lease.h"

namespace pgfill::work {

/// The next piece of a range: everything above the cursor up to `bound`.
struct Slice {
  std::optional<Key> bound;  ///< the cursor after the batch; empty: no key was found beyond the cursor
  std::int64_t rows = 0;     ///< walked; 0 when it is a remainder of unknown size
  std::int64_t at_most = 0;  ///< rows that were walked for: no slice has more
  bool last = false;         ///< its bound is the end of the range

  /// For progress: the remainder of a range may have any size up to `at_most`.
  std::int64_t probable_rows() const { return rows > 0 ? rows : at_most / 2; }
  /// What lay above the cursor of a range without an end, just then: a row or two, perhaps, and that again and again.
  bool ends_with_the_table() const { return rows == 0 && !last; }
};

/// Where the range stands when the slice is done: further on, at the begin of its next pass, or at its end. `stripes`
/// of the job.
ledger::Position position_after(const ledger::Lease& lease, const Slice& slice, int stripes);

/// Nothing of the present pass is done yet.
bool at_begin_of_pass(const ledger::Lease& lease);

/// Whether a range stands elsewhere than at a former lease: the next pass may be at the same cursor.
bool has_moved(const ledger::Lease& before, const ledger::Lease& now);

/// How many of the job's stripes the pass that begins now changes. Where stripes do not `pay` at present, a range with
/// an end is gone over once for all that are left; one without an end always is.
int stripes_of_pass(const ledger::Lease& lease, int stripes, bool pay);

/// The most rows a slice of the present pass may have: a pass of one stripe takes several batches, so that those which
/// other workers had begun before it have ended, and keep nothing alive, when the next pass comes by. No fewer than
/// `least`. `total` as below.
std::int64_t longest_slice(const ledger::Lease& lease, std::int64_t total, int stripes, std::int64_t least);

/// Whether an unbounded range in physical order has had more rows than there can be: a trigger leaves what is
/// set NULL, say, and each row comes again where it has moved to. The rest is the sweep's. `total` as above.
bool has_grown_too_long(const ledger::Lease& lease, std::int64_t total);

/// What the batches of one visit have done to a range.
struct Effect {
  std::int64_t changed = 0;   ///< rows
  std::int64_t inserted = 0;  ///< rows that came into the table with it, by triggers or functions
};
/// Whether an unbounded range has changed more rows than there can be while its batches added as many or so: each makes
/// work for the next ones.
bool feeds_itself(const ledger::Lease& lease, const Effect& effect, std::int64_t total);

/// What a range keeps when its far part is given away: so much that both have as much to do, over all passes.
struct NearPart {
  std::int64_t rows = 0;   ///< of the present pass, above the slice; 0: too little is left to be worth a lease
  double share = 0;        ///< of the table, 0 to 1
  std::int64_t moved = 0;  ///< rows that former passes have walked in the part that is given away
};

/// `total` rows are in the table, by estimate; a batch has `batch_rows`. The slice is what is done next.
NearPart near_part(const ledger::Lease& lease, const Slice& slice, std::int64_t total, int stripes,
                   std::int64_t batch_rows);

/// The bounds of the slices of a whole pass over a range. They are keys of the table in ascending order, so a later
/// pass can cut the range at the same places without walking the index, which by then is full of dead entries.
/// Not thread-safe; a value.
class PassMemory {
 public:
  /// A pass of one stripe begins (or of several, which cuts the range otherwise).
  void begin(bool one_stripe);
  /// The next slice of about `rows` rows at most, if the pass so far went along remembered bounds and these fit.
  std::optional<Slice> next(std::int64_t rows);
  /// A slice that was found by walking is done.
  void note(const Slice& slice);
  /// The range was cut elsewhere: the rest of this pass is found by walking.
  void leave_track();
  /// Other keys: another range, or another end.
  void forget();

 private:
  std::vector<Slice> known_;
  std::vector<Slice> walked_;  ///< in this pass, from its begin
  std::size_t upcoming_ = 0;
  bool on_track_ = false;
  bool recording_ = false;
};

}  // namespace pgfill::work
