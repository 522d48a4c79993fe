// Whether the rows of a slice are read before its batch changes them, many pages at once, and how far. For keys in
// another order than the rows: on its index a batch meets one page after the other, at random, and where they are not
// in a cache it waits for each, with the rows of the former ones locked. A bitmap scan asks for pages well before it
// needs them; it takes two bounds, so the upper one is guessed from how dense the keys were so far, and what is found
// there is the next slice. Pure: no clock, no SQL.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "work/key_scale.h"
#include "work/slice.h"

namespace pgfill::work {

/// Whether it pays, judged by what it costs: where the pages are in a cache already, next to nothing beside the batch.
/// Then it is tried again ever more rarely. A value.
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

/// Not thread-safe; one for each worker.
class ReadAhead {
 public:
  /// About so many rows up to this key are read.
  struct Part {
    Key bound;
    std::int64_t rows = 0;
  };

  /// `key_type`: of a key of one column whose rows lie in another order; empty: nothing is ever read ahead.
  explicit ReadAhead(const std::string& key_type);

  /// Whether the next slice is to be found by reading.
  bool due() const { return scale_ && row_distance_ > 0 && pays_.due(); }
  /// The key about so many rows beyond another, but none beyond `last`; nothing is read. Empty: nobody can tell.
  std::optional<Key> guess(const std::optional<Key>& from, std::int64_t rows, const std::optional<Key>& last) const;
  /// What is to be read for a slice of about `rows` rows above `from`. Empty: nobody can tell.
  std::optional<Part> part(const std::optional<Key>& from, std::int64_t rows, const std::optional<Key>& last) const;
  /// So many rows, the last of them with the key `last`, were found. Answers the slice; empty: none were found.
  std::optional<Slice> found(const Part& part, std::optional<Key> last, std::int64_t rows,
                             std::chrono::microseconds elapsed);
  /// The part took too long to read.
  void too_long(const Part& part);
  /// What the slice that was read last has cost, until it is changed; else 0.
  std::chrono::microseconds reading() const { return reading_; }
  /// The slice above `from` was changed in this time.
  void changed(const std::optional<Key>& from, const Slice& slice, std::chrono::microseconds elapsed);

 private:
  std::optional<KeyScale> scale_;
  ReadingPays pays_;
  double row_distance_ = 0;             ///< from one key to the next, on the scale
  std::int64_t most_rows_ = 1'000'000;  ///< that can be read in time
  std::chrono::microseconds reading_{0};
};

}  // namespace pgfill::work
