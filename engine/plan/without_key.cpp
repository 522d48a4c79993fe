#include "plan/without_key.h"

#include "plan/choose_key.h"
#include "plan/key_advice.h"
#include "plan/ordering.h"

namespace pgfill::plan {
namespace {

std::string found_indexes(const Facts& facts) {
  std::string text = table_name(facts) + " has no unique index that can serve as the key";
  for (const IndexFact& index : facts.indexes) {
    if (index.unique) text += "; " + readable(index.name) + " " + unusable_because(index, facts);
  }
  return text;
}

std::string each_partition(const Facts& facts) {
  std::vector<std::string> leaves;
  for (const LeafFact& leaf : facts.leaves) leaves.push_back(qualified(leaf.schema, leaf.name));
  return "run the job on each partition instead, which needs no key there: " + first_of(std::move(leaves));
}

/// What does away with the obstacle, where that is less than a key.
std::string way_of(const AgainstPositions& against, const JobSpec& spec, const Facts& facts) {
  switch (against.what) {
    case Obstacle::none:
      return "leave out order: key; physical order needs no key here";
    case Obstacle::trigger:
      return "write order: physical in the spec if this trigger neither fills what is set as NULL nor leaves it NULL; "
             "else " +
             make_key(spec, facts);
    case Obstacle::condition:
      return "if the rows still to do are those where what is set is NULL, let the condition say so, and it needs no "
             "key; else " +
             make_key(spec, facts);
    case Obstacle::in_turn:
      return make_key(spec, facts);
    case Obstacle::bound:
      return "leave out bound: at_start, so that rows inserted meanwhile are done as well; else " +
             make_key(spec, facts);
    case Obstacle::privilege:
      return "GRANT SELECT ON " + table_name(facts) + " TO " + readable(facts.access.role);
    case Obstacle::partitioned:
      if (!facts.leaves.empty()) return each_partition(facts) + "; or " + make_key(spec, facts);
      [[fallthrough]];
    default:
      return make_key(spec, facts);
  }
}

}  // namespace

Result<KeyChoice> without_key(const JobSpec& spec, const Facts& facts) {
  AgainstPositions against = against_positions(spec, facts);
  if (against.what == Obstacle::none && spec.order != Order::key) return KeyChoice{"", false, {{"ctid", "tid"}}};
  if (against.what == Obstacle::none) against.reason = "order: key";
  Error error;
  error.code = ErrorCode::no_usable_key;
  error.message = found_indexes(facts) + "; nor can the job go in physical order: " + against.reason;
  error.hint = way_of(against, spec, facts);
  return error;
}

}  // namespace pgfill::plan
