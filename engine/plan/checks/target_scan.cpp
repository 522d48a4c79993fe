// Which scans of a plan are the job's own and not a subquery's.
#include <algorithm>

#include "plan/checks/checks.h"

namespace pgfill::plan {
namespace {

/// The server names partitions by the alias of their table and a number.
bool is_numbered(std::string_view alias, std::string_view base) {
  if (!alias.starts_with(base)) return false;
  alias.remove_prefix(base.size());
  if (alias.empty()) return true;
  if (alias.front() != '_') return false;
  alias.remove_prefix(1);
  return !alias.empty() && std::all_of(alias.begin(), alias.end(), [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace

bool reads_table(const Scan& scan, const Subject& subject) {
  const Facts& facts = subject.facts;
  if (scan.relation == facts.table.name && scan.schema == facts.table.schema) return true;
  return std::any_of(facts.leaves.begin(), facts.leaves.end(),
                     [&](const LeafFact& leaf) { return scan.relation == leaf.name && scan.schema == leaf.schema; });
}

bool is_target(const Scan& scan, const Subject& subject) {
  const std::string& alias = subject.spec.alias.empty() ? subject.facts.table.name : subject.spec.alias;
  if (!reads_table(scan, subject)) return false;
  const bool many = subject.facts.table.kind == 'p' && !subject.by_leaf;
  return many ? is_numbered(scan.alias, alias) : scan.alias == alias;
}

}  // namespace pgfill::plan
