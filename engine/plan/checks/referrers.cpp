// Foreign keys that a deletion meets: each row that is deleted looks for rows that refer to it. Without an index that
// is a read of the whole table there; and what an ON DELETE action changes is changed with the job's own rows.
#include <algorithm>

#include "plan/checks/checks.h"

namespace pgfill::plan {
namespace {

constexpr std::string_view name = "referrers";
/// A table of so many rows is read in a tenth of a millisecond.
constexpr std::int64_t few_rows = 1'000;

std::string table_of(const ReferrerFact& key) {
  return qualified(key.schema, key.table);
}

std::string columns_of(const ReferrerFact& key) {
  std::vector<std::string> columns;
  for (const std::string& column : key.columns) columns.push_back(readable(column));
  return joined(columns);
}

std::string about(std::int64_t rows) {
  return "about " + std::to_string(rows) + (rows == 1 ? " row" : " rows");
}

/// Half a sentence; empty: the key only refuses.
std::string effect_of(const ReferrerFact& key) {
  if (key.on_delete == "c") return "ON DELETE CASCADE deletes the rows there that refer to a deleted one";
  if (key.on_delete == "n") return "ON DELETE SET NULL empties (" + columns_of(key) + ") of the rows that refer to one";
  if (key.on_delete == "d")
    return "ON DELETE SET DEFAULT gives (" + columns_of(key) + ") of the rows that refer to one its default";
  return "";
}

bool names(const TableReference& accepted, const ReferrerFact& key) {
  return accepted.table == key.table && (accepted.schema.empty() || accepted.schema == key.schema);
}

bool is_accepted(const ReferrerFact& key, const std::vector<TableReference>& tables) {
  return std::any_of(tables.begin(), tables.end(), [&](const TableReference& one) { return names(one, key); });
}

void check_index(const ReferrerFact& key, Findings& findings) {
  if (key.indexed || key.rows <= few_rows) return;
  refuse(findings, name, ErrorCode::foreign_key,
         "each row that is deleted would read the whole of " + table_of(key) + ", " + about(key.rows) +
             ": no index there begins with (" + columns_of(key) + ") of foreign key " + readable(key.name),
         "CREATE INDEX CONCURRENTLY ON " + table_of(key) + " (" + columns_of(key) + ")");
}

void check_effect(const ReferrerFact& key, const JobSpec& spec, Findings& findings) {
  const kinds::Kind& kind = kinds::kind_of(spec);
  const std::string effect = effect_of(key);
  const std::string text = table_of(key) + ", " + about(key.rows) + ", foreign key " + readable(key.name) + ": ";
  if (effect.empty() && kind.skips_referenced(spec) && refuses_here(key)) {
    note(findings, name, text + "a row stays while one there refers to it, and is counted as kept");
  } else if (effect.empty()) {
    note(findings, name, text + "a row is not deleted while one there refers to it",
         "delete the rows there first, let bad_rows set such rows aside, or leave them: referenced: skip");
  } else if (is_accepted(key, kind.accepted_tables(spec))) {
    warn(findings, name, text + effect, "accepted by accept_cascade");
  } else {
    refuse(findings, name, ErrorCode::foreign_key, text + effect,
           "if that is wanted, say so in a spec (pgfill init writes one): accept_cascade: [" + table_of(key) + "]");
  }
}

/// Names in the spec that no key leads to.
void check_names(const Subject& subject, Findings& findings) {
  for (const TableReference& accepted : kinds::kind_of(subject.spec).accepted_tables(subject.spec)) {
    const bool met =
        std::any_of(subject.facts.referrers.begin(), subject.facts.referrers.end(),
                    [&](const ReferrerFact& key) { return !effect_of(key).empty() && names(accepted, key); });
    if (met) continue;
    warn(findings, name,
         "accept_cascade names " + qualified(accepted.schema, accepted.table) + ", which no deletion here changes",
         "leave it out, or correct the name");
  }
}

}  // namespace

void check_referrers(const Subject& subject, Findings& findings) {
  if (!kinds::removes_rows(subject.spec)) return;
  for (const ReferrerFact& key : subject.facts.referrers) {
    check_index(key, findings);
    check_effect(key, subject.spec, findings);
    const bool refuses = effect_of(key).empty();
    if (key.to_itself && key.depth == 1 && refuses) {
      warn(findings, name,
           "rows of " + table_name(subject.facts) + " refer to each other (foreign key " + readable(key.name) +
               "): one statement deletes them in any order, batches only in that of their keys",
           "delete the rows that refer to others first, by a job of their own");
    }
  }
  check_names(subject, findings);
}

}  // namespace pgfill::plan
