// Reads the rows of a slice before its batch changes them, many pages at once. For keys in another order than the heap:
// on its index a batch meets one page after the other, at random, and where they are not in a cache it waits for each,
// with the rows of the former ones locked. A bitmap scan asks for pages well before it needs them; it takes two bounds,
// so the upper one is guessed from how dense the keys were so far, and what it finds there is the next slice.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

#include "async/task.h"
#include "ledger/range.h"
#include "postgres/session.h"
#include "work/job_work.h"
#include "work/key_scale.h"
#include "work/slice.h"

namespace pgfill::work {

/// Whether it pays, told by what it costs: where the pages are in a cache already, next to nothing beside the batch.
/// Then it is tried again ever more rarely. Pure, a value.
class ReadingPays {
 public:
  /// For the next slice.
  bool due() const { return wait_ == 0; }
  /// A slice was read in this time, and changed in that.
  void measured(std::chrono::microseconds reading, std::chrono::microseconds changing);
  /// A slice was changed without.
  void passed();

 private:
  int wait_ = 0;   ///< slices
  int pause_ = 1;  ///< the next one
};

/// Not thread-safe; one for each worker, and the job outlives it.
class ReadAhead {
 public:
  explicit ReadAhead(const JobWork& job);

  /// Whether the next slice is to be found by read().
  bool due() const { return scale_ && row_distance_ > 0 && pays_.due(); }
  /// The key about so many rows beyond another, but none beyond `last`; nothing is read. Empty: nobody can tell.
  std::optional<Key> guess(const std::optional<Key>& from, std::int64_t rows, const std::optional<Key>& last) const;
  /// Reads about `rows` rows above the lease's cursor, into the server's cache, and answers them as a slice. Empty:
  /// there are none where they were guessed, or too many, or the lease has no cursor. Throws Failure.
  async::Task<std::optional<Slice>> read(postgres::Session& session, const ledger::Lease& lease, std::int64_t rows);
  /// What the slice that was read last has cost, until it is changed; else 0.
  std::chrono::microseconds reading() const { return reading_; }
  /// The slice above `from` was changed in this time.
  void changed(const std::optional<Key>& from, const Slice& slice, std::chrono::microseconds elapsed);

 private:
  async::Task<std::optional<postgres::Rows>> look(postgres::Session& session, postgres::Parameters parameters);

  const JobWork& job_;
  std::optional<KeyScale> scale_;
  ReadingPays pays_;
  double row_distance_ = 0;             ///< from one key to the next, on the scale
  std::int64_t most_rows_ = 1'000'000;  ///< that can be read in time
  std::chrono::microseconds reading_{0};
};

}  // namespace pgfill::work
