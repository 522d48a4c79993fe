// Which ranges the workers of one runner hold or will try again, and which lease a worker may ask the ledger for. Pure:
// no I/O, no clock. run/workers.h asks on sessions, the simulator on a modelled server.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <vector>

#include "ledger/lease.h"
#include "work/range_outcome.h"

namespace pgfill::work {

/// Shared by the workers of a runner. Not thread-safe; outlives its searches.
class LeaseBook {
 public:
  /// How a visit to a leased range ended: what is finished or given back is nobody's any more.
  void visited(std::int64_t range, RangeOutcome::End end);
  /// Ranges that a worker runs or will try again. All others that the ledger calls the runner's are lost leases.
  std::vector<std::int64_t> known() const;

 private:
  friend class LeaseSearch;
  std::map<std::int64_t, ledger::Lease> known_;  ///< as they were leased at last
  std::set<std::int64_t> running_;               ///< of those, what runs
  int asking_ = 0;                               ///< searches that wait for an answer
  bool looking_for_lost_ = false;
};

/// One worker's search for a lease, from its first question to the last answer. It counts as under way until it ends or
/// is destroyed, with whatever failure.
class LeaseSearch {
 public:
  enum class Step {
    look_again,  ///< begin() again in a moment: another worker looks for lost leases
    ask_again,   ///< for the range that failed
    ask_next,    ///< for any free range
    ask_lost,    ///< for a range that is the runner's and not known(): its lease was lost on the way
    end,         ///< leased, or nothing is free
  };

  /// `again`: a range that failed and is due; empty: any free one.
  LeaseSearch(LeaseBook& book, std::optional<std::int64_t> again) : book_(book), again_(again) {}
  ~LeaseSearch() { finish(); }
  LeaseSearch(const LeaseSearch&) = delete;
  LeaseSearch& operator=(const LeaseSearch&) = delete;

  Step begin();
  /// The ledger's answer to the last question; empty: no such range is free.
  Step answered(const std::optional<ledger::Lease>& lease);
  /// A range leased again is further than where it was leased last.
  bool got_on() const { return got_on_; }

 private:
  Step finish();
  void note(const ledger::Lease& lease);

  LeaseBook& book_;
  std::optional<std::int64_t> again_;
  bool asking_ = false;
  bool looking_for_lost_ = false;
  bool got_on_ = false;
};

}  // namespace pgfill::work
