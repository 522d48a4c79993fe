// Whether a job goes over its table in several passes, each changing every k-th row only. Between two passes PostgreSQL
// can prune the versions that the first has left, and put the new ones of the second in their place: the table hardly
// grows, and updates stay heap-only. Pure; the facts decide. Source: measured for this project, see bench/README.md.
#pragma once

#include <string>

#include "pgfill/plan.h"
#include "pgfill/spec.h"
#include "plan/facts.h"

namespace pgfill::plan {

/// How many passes (a power of two; 1: the ordinary single one), and why so many, as half a sentence.
struct Striping {
  int stripes = 1;
  std::string reason;
};

/// How each pass goes over the table.
struct Walk {
  Order order = Order::key;   ///< never automatic
  double matching_share = 1;  ///< of the rows that `where` lets through, by the server's estimate; 0 to 1
};

Striping decide_striping(const JobSpec& spec, const Facts& facts, const KeyChoice& key, const Walk& walk);

}  // namespace pgfill::plan
