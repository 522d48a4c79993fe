// What partitioning means for a job: whether a batch touches one partition or looks into all of them, what the latter
// costs, and what becomes of rows that the application moves between partitions.
#include <algorithm>

#include "plan/checks/checks.h"
#include "plan/choose_key.h"

namespace pgfill::plan {
namespace {

constexpr std::string_view name = "partitions";

std::string partition_key(const Subject& subject) {
  return "the partition key (" + column_names(subject.facts, subject.facts.partition_columns) + ")";
}

void note_moves(Findings& findings, const std::string& what) {
  note(findings, name, what,
       "where the application does that, write a condition that a processed row no longer meets, and run the job once "
       "more with --again");
}

/// Each batch touches one partition.
void check_leaves(const Subject& subject, Findings& findings) {
  note_moves(findings, "each batch touches one of " + std::to_string(subject.facts.leaves.size()) +
                           " partitions: a row that the application moves to another one meanwhile, by a change of " +
                           partition_key(subject) + ", is found at the end as far as the condition tells");
}

/// A transaction locks each partition it plans for, and each index of it.
void check_lock_room(const Subject& subject, std::size_t looked_into, Findings& findings) {
  const Facts& facts = subject.facts;
  if (facts.access.lock_room == 0 || facts.leaves.empty()) return;
  const double indexes = static_cast<double>(facts.leaf_indexes.size()) / static_cast<double>(facts.leaves.size());
  const int workers = subject.spec.workers > 0 ? subject.spec.workers : most_found_workers;
  const auto locks = static_cast<std::int64_t>(static_cast<double>(looked_into) * (1 + indexes) * workers);
  // Half of it is left to everybody else.
  if (locks <= facts.access.lock_room / 2) return;
  warn(findings, name,
       "the batches of " + std::to_string(workers) + " workers hold about " + std::to_string(locks) +
           " locks on partitions and their indexes; the server has room for " + std::to_string(facts.access.lock_room) +
           " of all its sessions",
       "raise max_locks_per_transaction and restart the server, or lower workers, or run a job on each partition");
}

}  // namespace

void check_partitions(const Subject& subject, Findings& findings) {
  if (subject.facts.table.kind != 'p' || !subject.key) return;
  if (subject.by_leaf) return check_leaves(subject, findings);
  if (!subject.whole_because.empty())
    note(findings, name, "batches name the table and not single partitions: " + subject.whole_because);
  if (!is_position(*subject.key))
    note_moves(findings, "the key holds " + partition_key(subject) +
                             ": a row that the application moves to another partition moves along the key as well");
  const std::vector<Scan>& scans = subject.statement.scans;
  const auto looked_into = static_cast<std::size_t>(
      std::count_if(scans.begin(), scans.end(), [&](const Scan& scan) { return is_target(scan, subject); }));
  check_lock_room(subject, looked_into, findings);
  // Measured: each partition that a batch looks into costs it 0.2 to 0.4 ms, so this many about double its time.
  constexpr std::size_t many = 50;
  if (looked_into < many) return;
  note(findings, name,
       "every batch looks into " + std::to_string(looked_into) + " of " + std::to_string(subject.facts.leaves.size()) +
           " partitions",
       "a key that begins with the partition key lets a batch skip partitions; else run a job on each partition");
}

}  // namespace pgfill::plan
