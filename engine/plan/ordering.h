// In which order a job goes over its table: by its key, or in physical order. Keys in an order that is not the physical
// one (random ones, above all) meet each page as many times as it has rows: where the table is larger than the cache
// each row costs a read and, after each checkpoint, an image of its page. In physical order each pass meets a page
// once. Pure; the facts decide.
//
// A row that an update moves changes its place in that order, but not its key. So it takes a job whose condition no row
// that is done fulfils: then what the job itself moves ahead is not done again, and the sweep at the end, which takes
// every row that fulfils it, finds what others have moved behind the cursors. A trigger might fill what is set as NULL,
// or leave it NULL; a person may know that it does neither.
#pragma once

#include <string>
#include <string_view>

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

/// Why there is neither another order nor a second pass: what a batch computes follows from those before it.
inline constexpr std::string_view one_after_the_other = "batches run one after the other";

/// What stands against physical order.
enum class Obstacle { none, condition, new_value, bound, partitioned, server, privilege, trigger, keeping, in_turn };
struct AgainstPositions {
  Obstacle what = Obstacle::none;
  std::string reason;  ///< as half a sentence
};
/// Of a job that has no other way: what keeps it from going over its table in physical order, whatever `order` it asks
/// for but `key`.
AgainstPositions against_positions(const JobSpec& spec, const Facts& facts);

/// Of the first key column with the heap: whether rows lie in the order of their keys, forwards or backwards.
bool lies_in_order(double correlation);
/// "correlation 0.02"
std::string correlation_words(double correlation);

}  // namespace pgfill::plan
