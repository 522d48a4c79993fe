// A published table without a replica identity refuses every UPDATE and DELETE.
#include <algorithm>

#include "plan/checks/checks.h"

namespace pgfill::plan {
namespace {

/// The first published leaf without one; null when there is none. Rows are published by the leaf that holds them.
const LeafFact* leaf_without_identity(const Facts& facts) {
  const auto found = std::find_if(facts.leaves.begin(), facts.leaves.end(),
                                  [](const LeafFact& leaf) { return leaf.published && !leaf.has_identity; });
  return found == facts.leaves.end() ? nullptr : &*found;
}

bool has_identity(const Facts& facts) {
  if (facts.table.kind == 'p') return leaf_without_identity(facts) == nullptr;
  if (facts.replica_identity == "f") return true;
  return std::any_of(facts.indexes.begin(), facts.indexes.end(), [&](const IndexFact& index) {
    if (!index.valid || !index.immediate) return false;
    return (facts.replica_identity == "d" && index.primary) ||
           (facts.replica_identity == "i" && index.replica_identity);
  });
}

}  // namespace

void check_replica_identity(const Subject& subject, Findings& findings) {
  const Facts& facts = subject.facts;
  if (facts.publications.empty()) return;
  const bool deletes = kinds::kind_of(subject.spec).event() == kinds::RowEvent::remove;
  const std::string what = deletes ? "deletions" : "updates";
  const std::string publications = joined(facts.publications);
  if (!has_identity(facts)) {
    const LeafFact* leaf = leaf_without_identity(facts);
    const std::string table = leaf == nullptr ? table_name(facts) : qualified(leaf->schema, leaf->name);
    refuse(findings, "replica_identity", ErrorCode::replica_identity,
           "publication " + publications + " publishes " + what + " of " + table +
               ", which has no replica identity; the server would refuse every batch",
           "ALTER TABLE " + table + " REPLICA IDENTITY USING INDEX ... (or FULL)");
    return;
  }
  note(findings, "replica_identity",
       std::string("every row ") + (deletes ? "deleted" : "changed") + " goes to the subscribers of publication " +
           publications,
       "watch the lag of the subscribers");
}

}  // namespace pgfill::plan
