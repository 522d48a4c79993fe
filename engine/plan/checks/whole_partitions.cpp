// A partition that holds nothing but rows to be deleted is dropped in a moment, and its files with it.
#include "plan/checks/checks.h"

namespace pgfill::plan {
namespace {

constexpr std::size_t most_named = 10;

std::string drop(const WholePartition& one, const Subject& subject) {
  const std::string& alias = subject.spec.alias.empty() ? subject.facts.table.name : subject.spec.alias;
  const std::string concurrently = one.beside_default || !subject.facts.referrers.empty() ? "" : " CONCURRENTLY";
  return "see that it has none of these: SELECT count(*) FROM " + one.leaf + " AS " + readable(alias) + " WHERE (" +
         subject.spec.where + ") IS NOT TRUE; then ALTER TABLE " + one.parent + " DETACH PARTITION " + one.leaf +
         concurrently + "; DROP TABLE " + one.leaf;
}

}  // namespace

void check_whole_partitions(const Subject& subject, Findings& findings) {
  const std::vector<WholePartition>& whole = subject.facts.whole_partitions;
  for (std::size_t i = 0; i < whole.size() && i < most_named; ++i) {
    note(
        findings, "whole_partitions",
        "the bounds of partition " + whole[i].leaf +
            " prove that the job deletes every row of it, but for rows whose condition is NULL: dropping it is faster, "
            "and gives its files back",
        drop(whole[i], subject));
  }
  if (whole.size() > most_named)
    note(findings, "whole_partitions",
         "so do those of " + std::to_string(whole.size() - most_named) + " more partitions");
}

}  // namespace pgfill::plan
