// A leased range as a value: what its worker may write, and how far it is. Nothing here asks the database.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "pgfill/range.h"

namespace pgfill::ledger {

/// How far a range is. Rows are cut into stripes by their key; a pass from the lower end to the upper changes `stripes`
/// of them from `stripe` on, and the cursor is the last key it has committed as done.
struct Position {
  std::optional<Key> cursor;
  int stripe = 0;
  int stripes = 1;
  bool done = false;
};

/// The right to write a range, under one epoch. The cursor starts at `lower` in each pass.
struct Lease {
  std::int64_t job_id = 0;
  std::int64_t range_id = 0;
  std::int64_t relation_id = 1;
  std::string relation_name;  ///< qualified and quoted, as it is now; empty: it was dropped
  std::int64_t epoch = 0;
  KeyRange keys;
  std::optional<Key> cursor;
  int stripe = 0;   ///< first of the present pass
  int stripes = 1;  ///< of the present pass
  double share = 0;
  std::int64_t rows_walked = 0;
};

}  // namespace pgfill::ledger
