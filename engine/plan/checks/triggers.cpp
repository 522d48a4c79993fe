// Triggers that fire on what the job does: their work becomes part of every batch.
#include "plan/checks/checks.h"

namespace pgfill::plan {

void check_triggers(const Subject& subject, Findings& findings) {
  // UPDATE OF goes by the columns in SET, and by generated columns computed from them.
  const std::string statement(kinds::kind_of(subject.spec).statement());
  const std::string what = statement == "DELETE" ? "deleted" : "changed";
  const ColumnNumbers changed = with_dependents(subject.facts, assigned_columns(subject.facts, subject.spec));
  for (const TriggerFact& trigger : subject.facts.triggers) {
    if (!fires(trigger, changed)) continue;
    const std::string where = trigger.partitions.empty() ? "" : " of " + first_of(trigger.partitions);
    const std::string when = trigger.each_row ? "for each row " + what : "once for each batch";
    warn(findings, "triggers",
         "trigger " + readable(trigger.name) + where + " (" + trigger.timing + " " + statement + ") runs " +
             trigger.function + " " + when,
         trigger.each_row ? "make sure that its effects are wanted for every row of the table"
                          : "make sure that it does not count on one statement changing all rows");
  }
  if (const TriggerFact* keeping = keeping_trigger(subject.facts, subject.spec)) {
    note(findings, "triggers",
         "trigger " + readable(keeping->name) +
             " runs before a row is deleted, and keeps it where it returns NULL: rows that are kept are counted as "
             "such, "
             "and not tried again");
  }
}

}  // namespace pgfill::plan
