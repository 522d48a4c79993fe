#include "work/read_ahead.h"

#include <algorithm>
#include <cassert>

namespace pgfill::work {
namespace {

using namespace std::chrono_literals;

/// Reading takes at least this share of a slice's time where pages come from a disk; from a cache, some per cent.
constexpr int least_share = 4;
constexpr int longest_pause = 64;
/// Behind a gap keys are as dense as before it, mostly.
constexpr double most_growth = 2;

}  // namespace

void ReadingPays::measured(std::chrono::microseconds reading, std::chrono::microseconds changing) {
  const bool pays = reading * least_share >= reading + changing;
  wait_ = pays ? 0 : pause_;
  pause_ = pays ? 1 : std::min(longest_pause, pause_ * 2);
}

void ReadingPays::passed() {
  wait_ = std::max(0, wait_ - 1);
}

ReadAhead::ReadAhead(const std::string& key_type) {
  if (!key_type.empty()) scale_ = KeyScale::of(key_type);
}

std::optional<Key> ReadAhead::guess(const std::optional<Key>& from, std::int64_t rows,
                                    const std::optional<Key>& last) const {
  if (!scale_ || row_distance_ == 0 || !from) return std::nullopt;
  const std::optional<std::string> end = last ? std::optional(last->front()) : std::nullopt;
  const auto key = scale_->beyond(from->front(), row_distance_ * static_cast<double>(rows), end);
  return key ? std::optional(Key{*key}) : std::nullopt;
}

std::optional<ReadAhead::Part> ReadAhead::part(const std::optional<Key>& from, std::int64_t rows,
                                               const std::optional<Key>& last) const {
  rows = std::min(rows, most_rows_);
  std::optional<Key> bound = guess(from, rows, last);
  if (!bound) return std::nullopt;
  return Part{std::move(*bound), rows};
}

std::optional<Slice> ReadAhead::found(const Part& part, std::optional<Key> last, std::int64_t rows,
                                      std::chrono::microseconds elapsed) {
  assert(last.has_value() == (rows > 0) && rows <= part.rows && "no more is read than was asked for");
  most_rows_ += part.rows;
  if (rows == 0) return std::nullopt;
  reading_ = elapsed;
  return Slice{std::move(last), rows, part.rows, false};
}

void ReadAhead::too_long(const Part& part) {
  most_rows_ = std::max<std::int64_t>(1, part.rows / 2);
  row_distance_ = 0;  // to be measured anew
}

void ReadAhead::changed(const std::optional<Key>& from, const Slice& slice, std::chrono::microseconds elapsed) {
  if (!scale_) return;
  if (reading_ > 0us) {
    pays_.measured(reading_, elapsed);
  } else {
    pays_.passed();
  }
  reading_ = 0us;
  if (!from || !slice.bound || slice.rows == 0) return;
  const auto distance = scale_->distance(from->front(), slice.bound->front());
  if (!distance) return;
  const double measured = *distance / static_cast<double>(slice.rows);
  row_distance_ = row_distance_ > 0 ? std::min(measured, row_distance_ * most_growth) : measured;
}

}  // namespace pgfill::work
