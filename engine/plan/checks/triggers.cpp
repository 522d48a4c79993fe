// Triggers that fire on the job's updates: their work becomes part of every batch.
#include "plan/checks/checks.h"

namespace pgfill::plan {

void check_triggers(const Subject& subject, Findings& findings) {
  // UPDATE OF goes by the columns in SET, and by generated columns computed from them.
  const ColumnNumbers changed = with_dependents(subject.facts, assigned_columns(subject.facts, subject.spec));
  for (const TriggerFact& trigger : subject.facts.triggers) {
    if (!fires(trigger, changed)) continue;
    const std::string where = trigger.partitions.empty() ? "" : " of " + first_of(trigger.partitions);
    const std::string when = trigger.each_row ? "for each row changed" : "once for each batch";
    warn(findings, "triggers",
         "trigger " + readable(trigger.name) + where + " (" + trigger.timing + " UPDATE) runs " + trigger.function +
             " " + when,
         trigger.each_row ? "make sure that its effects are wanted for every row of the table"
                          : "make sure that it does not count on one statement changing all rows");
  }
}

}  // namespace pgfill::plan
