// Rows that a function, a trigger mostly, refuses with an SQLSTATE that asks for another try. Tried again for ever,
// such a row would keep its range waiting for ever. Pure: times come in.
#pragma once

#include <map>
#include <optional>

#include "async/time.h"
#include "pgfill/range.h"
#include "postgres/failure.h"
#include "postgres/failure_class.h"

namespace pgfill::work {

/// Where a single row is looked for: the first above a key. `list`: a range, or a list of skipped rows (below 0).
struct RowPlace {
  std::int64_t list = 0;
  std::optional<Key> above;
  int stripe = 0;

  bool operator==(const RowPlace&) const = default;
};

/// Not thread-safe; one for all workers of a run, since a failed range is tried again by any of them.
class Refusals {
 public:
  /// A row counts as bad after so many refusals in a row that span at least `least_span`. The pauses between tries
  /// grow to five seconds, so this takes about 15 to 20 seconds.
  static constexpr int most_tries = 10;
  static constexpr std::chrono::seconds least_span{15};

  /// What a failed slice of at most `rows` rows is treated as: `shrink` until it is one row, and when that row is bad.
  /// A state that the server itself reports keeps its class: others hold something, and the wait ends with them.
  FailureClass judge(const postgres::Failure& failure, std::int64_t rows, const RowPlace& place, async::TimePoint now);

 private:
  struct Refused {
    RowPlace place;
    int tries = 0;
    async::TimePoint since{};
  };
  std::map<std::int64_t, Refused> refused_;  ///< by list
};

/// True for the classes of states that mean: later.
bool asks_for_another_try(FailureClass failure);

}  // namespace pgfill::work
