// How many rows a batch may have that reads other tables, all in one snapshot (REPEATABLE READ). A session that changes
// one of its rows meanwhile makes the whole batch fail (40001), so it stays small beside writers. Pure: no clock, no
// SQL.
#pragma once

#include <algorithm>
#include <cassert>
#include <cstdint>
#include <limits>

#include "work/remedy.h"

namespace pgfill::work {

/// Starts where conflicts are rare beside hundreds of updates a second (measured: none in 2,000 batches of 500 rows, 2
/// in 1,000 of 1,000, 13 in 200 of 5,000). Grows beyond that only while nobody interferes. A value; one per worker.
class SnapshotLimit {
 public:
  static constexpr std::int64_t first_rows = 1'000;
  /// So many batches without a conflict before a limit of first_rows or more doubles.
  static constexpr int calm_batches = 16;

  /// `applies`: the job reads other tables; else there is no limit.
  explicit SnapshotLimit(bool applies) : rows_(applies ? first_rows : unlimited) {}

  /// The most rows of the next batch; at least 1.
  std::int64_t rows() const { return rows_; }
  /// A batch is committed, in one snapshot.
  void committed() {
    cut_ = false;
    if (rows_ == unlimited) return;
    ++calm_;
    if (rows_ < first_rows) {
      rows_ = std::min(rows_ * 2, first_rows);
    } else if (calm_ >= calm_batches && rows_ < most_rows) {
      rows_ *= 2;
      calm_ = 0;
    }
  }
  /// A batch of at most `rows` rows met a change of others: half of it, and then its rows are locked first.
  Remedy conflict(Way way, std::int64_t rows) {
    assert(rows >= 1 && rows_ != unlimited && "only a batch in one snapshot meets such a conflict");
    calm_ = 0;
    rows_ = std::max<std::int64_t>(1, std::min({rows, rows_, first_rows}) / 2);
    if (way == Way::around_held) return Remedy::none;
    if (cut_ || rows <= 1) return Remedy::around_held;
    cut_ = true;
    return Remedy::smaller;
  }

 private:
  static constexpr std::int64_t unlimited = std::numeric_limits<std::int64_t>::max();
  static constexpr std::int64_t most_rows = 1'000'000;

  std::int64_t rows_;
  int calm_ = 0;
  bool cut_ = false;  ///< for a conflict since the last commit
};

}  // namespace pgfill::work
