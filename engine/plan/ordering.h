// In which order a job goes over its table: by its key, or by the heap. Keys in another order than the heap (random
// ones, above all) meet each page as many times as it has rows: where the table is larger than the cache each row costs
// a read and, after each checkpoint, an image of its page. In the order of the heap a page is met once. Pure; the facts
// decide.
//
// A row that an update moves changes its place in that order, but not its key. So it takes a job whose condition tells
// rows that are done, whoever has written them since: then the sweep at the end finds what has moved behind the
// cursors.
#pragma once

#include <string>

#include "pgfill/plan.h"
#include "pgfill/spec.h"
#include "plan/facts.h"

namespace pgfill::plan {

/// An order, never automatic, and why this one, as half a sentence.
struct Ordering {
  Order order = Order::key;
  std::string reason;
};

Ordering decide_order(const JobSpec& spec, const Facts& facts, const KeyChoice& key);

/// Of the first key column with the heap: whether rows lie in the order of their keys, forwards or backwards.
bool lies_in_order(double correlation);
/// "correlation 0.02"
std::string correlation_words(double correlation);

}  // namespace pgfill::plan
