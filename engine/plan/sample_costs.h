// What some rows that were tried tell of a batch: what it costs whatever its size, and what each row costs. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pgfill::plan {

/// One statement that was tried, as EXPLAIN (ANALYZE, WAL) measured it.
struct TriedBatch {
  std::int64_t walked = 0;   ///< rows of its slice
  std::int64_t changed = 0;  ///< rows that met the condition
  double microseconds = 0;   ///< planning and triggers included
  std::int64_t wal_bytes = 0;
  std::int64_t images = 0;  ///< full-page images in the WAL
  std::int64_t hot = 0;     ///< rows that stayed on their page
};

/// All that was tried.
struct Sample {
  bool taken = false;
  bool written = false;             ///< rows were updated and rolled back; false: their new values were computed only
  std::string not_written;          ///< why; empty: they were
  std::vector<TriedBatch> batches;  ///< of two sizes
  double set_bytes = 0;             ///< of the set columns as they are stored, a row
  double outside_bytes = 0;         ///< of that in TOAST
  std::string words;                ///< what was tried, or why nothing was
};

/// Two terms: a batch of n rows takes fixed + n * row.
struct BatchCost {
  double fixed_us = 0;
  double row_us = 0;         ///< of a row walked, changed where it meets the condition
  double changed_share = 1;  ///< of the rows walked
};

/// From EXPLAIN (ANALYZE, WAL, FORMAT JSON); `walked` is not in it.
TriedBatch read_tried(std::string_view json);

/// The least share of rows that met the condition in any of the larger slices; 0: nothing was tried.
double least_share(const std::vector<TriedBatch>& batches);

/// The least time of each size counts: the first statements of a session find empty caches, and the processor has other
/// work. Nothing without two sizes.
std::optional<BatchCost> cost_of(const std::vector<TriedBatch>& batches);

}  // namespace pgfill::plan
