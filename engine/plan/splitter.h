// Cuts the key space into ranges. Pure: sorted cuts in, ranges out; no key is compared or computed here, because only
// the server knows their order. Positions in a file are computed.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "pgfill/plan.h"

namespace pgfill::plan {

/// A key where a range may end, and the share of the table's rows that are not larger than it.
struct Cut {
  Key key;
  double below = 0;  ///< 0 to 1, exclusive
};

/// How many ranges a table of this size is cut into: about 50,000 rows each, or 25,000 for each of `stripes`; at least
/// 1, at most 1,000.
int wanted_ranges(std::int64_t estimated_rows, int stripes);

/// At most `wanted` ranges of shares as equal as the cuts allow. `cuts` are in key order, each key once, `below` not
/// falling. The ranges tile the key space in that order: the first has no lower bound, each begins where the one before
/// it ends, the last ends at `largest`, or has no upper bound when that is absent. Every key in the result is one of
/// the arguments'; `largest` must be above every cut.
std::vector<PlannedRange> split(const std::vector<Cut>& cuts, int wanted, const std::optional<Key>& largest);

/// `wanted` ranges of as equal numbers of pages as there are, tiling the positions of a file as above; then one without
/// an upper end, for what is added to it.
std::vector<PlannedRange> split_pages(std::int64_t pages, int wanted);

}  // namespace pgfill::plan
