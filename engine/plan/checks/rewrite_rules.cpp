// A rule replaces our statement by something else; nobody can then say which rows a batch changed.
#include "plan/checks/checks.h"

namespace pgfill::plan {

void check_rewrite_rules(const Subject& subject, Findings& findings) {
  for (const std::string& rule : subject.facts.rules) {
    const std::string table = table_name(subject.facts);
    refuse(findings, "rewrite_rules", ErrorCode::rewrite_rule,
           "rule " + readable(rule) + " rewrites " + std::string(kinds::kind_of(subject.spec).statement()) + "s of " +
               table,
           "ALTER TABLE " + table + " DISABLE RULE " + readable(rule) + " for the time of the job, or use a trigger");
  }
}

}  // namespace pgfill::plan
