// A partition that holds nothing but rows to be deleted is dropped in a moment, and its files with it.
#include "plan/checks/checks.h"
#include "postgres/server_version.h"

namespace pgfill::plan {
namespace {

constexpr std::string_view name = "whole_partitions";
constexpr std::size_t most_named = 10;

std::string counted_by(const std::string& why, const WholePartition& one, const Subject& subject) {
  const std::string& alias = subject.spec.alias.empty() ? subject.facts.table.name : subject.spec.alias;
  return why + ": SELECT count(*) FROM " + one.leaf_name() + " AS " + readable(alias) + " WHERE (" +
         subject.spec.where + ") IS NOT TRUE";
}

std::string drop(const WholePartition& one, const Subject& subject) {
  const bool plain = one.beside_default || !subject.facts.referrers.empty() ||
                     !postgres::has(subject.facts.table.server_version, postgres::Feature::detach_concurrently);
  return "ALTER TABLE " + one.parent_name() + " DETACH PARTITION " + one.leaf_name() + (plain ? "" : " CONCURRENTLY") +
         "; DROP TABLE " + one.leaf_name();
}

void advise(const WholePartition& one, const Subject& subject, Findings& findings) {
  note(findings, name,
       "the bounds of partition " + one.leaf_name() +
           " prove that the job deletes every row of it, but for rows whose condition is NULL: dropping it is faster, "
           "and gives its files back",
       counted_by("have the job do it: drop_partitions: true; or see that it has none of these", one, subject) +
           "; then " + drop(one, subject));
}

void announce(const WholePartition& one, const Subject& subject, Findings& findings) {
  if (!one.owned || one.depended_on) {
    const std::string why =
        one.owned ? "something depends on it" : "role " + readable(subject.facts.access.role) + " does not own it";
    return warn(findings, name,
                "partition " + one.leaf_name() + " is not dropped, since " + why + ": its rows are deleted in batches");
  }
  note(findings, name,
       "partition " + one.leaf_name() + " is dropped before the first batch: where no row of it fails the condition, " +
           drop(one, subject) + "; rows inserted into its range afterwards are refused",
       counted_by("whether one fails it is counted by the run", one, subject));
}

}  // namespace

void check_whole_partitions(const Subject& subject, Findings& findings) {
  const std::vector<WholePartition>& whole = subject.facts.whole_partitions;
  const bool dropped = kinds::kind_of(subject.spec).drops_partitions(subject.spec);
  if (dropped && subject.facts.leaves.empty())
    return warn(findings, name, table_name(subject.facts) + " has no partitions that could be dropped",
                "leave drop_partitions out");
  for (const std::string& reason : subject.facts.undroppable) {
    refuse(findings, name, ErrorCode::partitions_kept, "no partition can be dropped: " + reason,
           "leave drop_partitions out: the rows are deleted in batches");
  }
  for (std::size_t i = 0; i < whole.size() && i < most_named; ++i)
    (dropped ? announce : advise)(whole[i], subject, findings);
  if (whole.size() > most_named)
    note(findings, name, "so do those of " + std::to_string(whole.size() - most_named) + " more partitions");
}

}  // namespace pgfill::plan
