// Foreign keys whose columns are set: each changed value costs a look-up, here or in the tables that refer to it.
#include "plan/checks/checks.h"

namespace pgfill::plan {
namespace {

std::string effect_on_referrers(const std::string& on_update) {
  if (on_update == "c") return "changes there cascade";
  if (on_update == "n") return "the referring columns become NULL";
  if (on_update == "d") return "the referring columns get their default";
  return "each changed value is refused while a row there refers to it";
}

}  // namespace

void check_foreign_keys(const Subject& subject, Findings& findings) {
  const ColumnNumbers changed = with_dependents(subject.facts, assigned_columns(subject.facts, subject.spec));
  for (const ForeignKeyFact& key : subject.facts.foreign_keys) {
    if (!overlap(key.columns, changed)) continue;
    const std::string columns = column_names(subject.facts, key.columns);
    if (key.from_here) {
      warn(findings, "foreign_keys",
           "foreign key " + readable(key.name) + " (" + columns + "): each changed value is looked up in " +
               key.other_table + ", and the row found there is share-locked until the batch commits",
           "values without a row there stop the job; check them before");
    } else {
      warn(findings, "foreign_keys",
           key.other_table + " refers to (" + columns + ") by foreign key " + readable(key.name) + ": " +
               effect_on_referrers(key.on_update),
           "make sure that the referring columns are indexed: each changed value searches for them");
    }
  }
}

}  // namespace pgfill::plan
