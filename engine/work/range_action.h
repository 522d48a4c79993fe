// What a worker asks for while it goes through a range, and what it is answered. Values only: what carries an action
// out decides nothing, and what decides (range_machine.h) carries nothing out.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <variant>

#include "async/time.h"
#include "pgfill/range.h"
#include "postgres/failure.h"
#include "work/permit.h"
#include "work/range_outcome.h"
#include "work/read_ahead.h"
#include "work/remedy.h"
#include "work/slice.h"

namespace pgfill::work {

/// Each is about the lease that the machine holds, and names its answer. Instead of it, Failed may come, but for
/// AskPermit.
namespace action {

/// Whether the next step may begin; waits while it may not. Permitted.
struct AskPermit {};
/// Finds the key so many rows of the pass above `from`, in the range. Walked.
struct Walk {
  std::optional<Key> from;
  std::int64_t rows = 0;
  bool largest = false;  ///< also the largest key above `from`: the bound of a remainder
};
/// Reads the rows above the cursor into the server's cache. Found. It fails as too slow after a second.
struct ReadRows {
  ReadAhead::Part part;
};
/// Changes the rows of a slice, as one transaction that moves the cursor. Changed.
struct Change {
  Slice slice;
  Way way = Way::direct;
  std::optional<std::int64_t> walk;  ///< rows above the slice: finds the next bound, as Walk does, by the way
  bool largest = false;              ///< as in Walk
  bool counts_toast = false;         ///< tells how much it writes out of line
};
/// Looks for a key above the cursor of a range without an end, under the fence. The range is done when there is none,
/// or `in_any_case`. EndSeen.
struct ProveEnd {
  bool in_any_case = false;
};
/// As Walk, for where to split the range. Walked.
struct FindSplit {
  Key from;
  NearPart keep;  ///< its rows are walked
};
/// Gives the keys above `at` to a new range. GivenAway.
struct Split {
  Key at;
  NearPart keep;
};
/// Finds the key of the only row of a slice, which ends at this position. RowSeen.
struct LookAtRow {
  Key position;
};
/// Lists the only row of a slice as bad and steps over it. RowSetAside.
struct SetAside {
  Key row;
  std::string sqlstate;
  std::string message;
  ledger::Position after;
  bool durable = false;
};
/// Gives the range back before its end. Released.
struct Release {};
/// Nothing more; there is no answer.
struct Finished {
  RangeOutcome outcome;
};

}  // namespace action

using Action =
    std::variant<action::AskPermit, action::Walk, action::ReadRows, action::Change, action::ProveEnd, action::FindSplit,
                 action::Split, action::LookAtRow, action::SetAside, action::Release, action::Finished>;

namespace answer {

struct Permitted {
  Permit permit = Permit::stop;
  Aim aim;
};
struct Walked {
  std::optional<Key> key;      ///< empty: there are fewer rows
  std::optional<Key> largest;  ///< empty: not asked for, or there is no row
};
struct Found {
  std::optional<Key> last;  ///< empty: no row lies there
  std::int64_t rows = 0;
  std::chrono::microseconds elapsed{0};
};
struct Changed {
  std::int64_t changed = 0;   ///< rows
  std::int64_t on_page = 0;   ///< of them, those that stayed on their page
  std::int64_t inserted = 0;  ///< rows that came into the table by the way
  std::int64_t deferred = 0;  ///< rows that others held; only around these
  std::chrono::microseconds elapsed{0};
  std::optional<std::int64_t> toast_bytes;
  Walked next;  ///< of the walk
};
struct EndSeen {
  std::optional<Key> beyond;  ///< largest key; empty: the range is done
};
struct GivenAway {
  std::int64_t range = 0;  ///< the new one
};
struct RowSeen {
  std::optional<Key> row;  ///< empty: it is there no more
};
struct RowSetAside {
  std::int64_t quarantined = 0;  ///< rows of the job, by now
};
struct Released {};
/// Whatever was asked for: nothing of it is committed, or its answer was lost.
struct Failed {
  postgres::Failure failure;
  async::TimePoint at;
};

}  // namespace answer

using Answer = std::variant<answer::Permitted, answer::Walked, answer::Found, answer::Changed, answer::EndSeen,
                            answer::GivenAway, answer::RowSeen, answer::RowSetAside, answer::Released, answer::Failed>;

}  // namespace pgfill::work
