#include "plan/splitter.h"

#include <algorithm>
#include <cmath>

namespace pgfill::plan {
namespace {

// Large enough that the bookkeeping of a range is nothing beside its rows, small enough that an idle worker finds work.
constexpr std::int64_t rows_per_range = 50'000;
// A pass over them takes some batches, so that snapshots from before it have ended when the next one comes by.
constexpr std::int64_t rows_per_stripe = 25'000;
constexpr std::int64_t most_ranges = 1'000;

/// The cut nearest to `share`, not before `first`. Shares do not fall, so the nearest is beside the first one above.
std::size_t nearest(const std::vector<Cut>& cuts, std::size_t first, double share) {
  const auto begin = cuts.begin() + static_cast<std::ptrdiff_t>(first);
  const auto above =
      std::lower_bound(begin, cuts.end(), share, [](const Cut& cut, double value) { return cut.below < value; });
  if (above == begin) return first;
  const auto before = above - 1;
  const bool take_before = above == cuts.end() || share - before->below <= above->below - share;
  return static_cast<std::size_t>((take_before ? before : above) - cuts.begin());
}

}  // namespace

int wanted_ranges(std::int64_t estimated_rows, int stripes) {
  const std::int64_t rows = stripes > 1 ? rows_per_stripe * stripes : rows_per_range;
  const std::int64_t wanted = (estimated_rows + rows - 1) / rows;
  return static_cast<int>(std::clamp<std::int64_t>(wanted, 1, most_ranges));
}

std::vector<PlannedRange> split(const std::vector<Cut>& cuts, int wanted, const std::optional<Key>& largest) {
  std::vector<PlannedRange> ranges;
  std::optional<Key> lower;
  double below = 0;
  std::size_t next = 0;
  for (int i = 1; i < wanted && next < cuts.size(); ++i) {
    const double target = static_cast<double>(i) / wanted;
    const std::size_t chosen = nearest(cuts, next, target);
    // When cuts are few, this one may serve a later target better; ranges then merge instead of bunching up.
    const double next_target = static_cast<double>(i + 1) / wanted;
    if (i + 1 < wanted && std::abs(cuts[chosen].below - next_target) < std::abs(cuts[chosen].below - target)) continue;
    const double share = std::clamp(cuts[chosen].below, below, 1.0);
    ranges.push_back({{lower, cuts[chosen].key}, share - below});
    lower = cuts[chosen].key;
    below = share;
    next = chosen + 1;
  }
  ranges.push_back({{lower, largest}, 1 - below});
  return ranges;
}

std::vector<PlannedRange> split_pages(std::int64_t pages, int wanted) {
  std::vector<PlannedRange> ranges;
  std::optional<Key> lower;
  std::int64_t begin = 0;
  for (int i = 1; i <= wanted; ++i) {
    const std::int64_t end = pages * i / wanted;
    if (end == begin) continue;
    const Key upper{"(" + std::to_string(end) + ",0)"};  // no row has the offset 0
    ranges.push_back({{lower, upper}, static_cast<double>(end - begin) / static_cast<double>(pages)});
    lower = upper;
    begin = end;
  }
  ranges.push_back({{lower, std::nullopt}, ranges.empty() ? 1.0 : 0.0});
  return ranges;
}

}  // namespace pgfill::plan
