// Policies would hide rows from the job without a word.
#include "plan/checks/checks.h"

namespace pgfill::plan {

void check_row_security(const Subject& subject, Findings& findings) {
  if (!subject.facts.row_security) return;
  const std::string role = readable(subject.facts.access.role);
  const std::string table = table_name(subject.facts);
  refuse(findings, "row_security", ErrorCode::row_security,
         "row security policies of " + table + " apply to role " + role + " and could hide rows from the job",
         subject.facts.is_owner ? "ALTER TABLE " + table + " NO FORCE ROW LEVEL SECURITY, or use a role with BYPASSRLS"
                                : "run as the owner of the table or as a role with BYPASSRLS");
}

}  // namespace pgfill::plan
