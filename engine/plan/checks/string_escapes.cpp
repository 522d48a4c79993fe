// Batches read '…' as the standard has it. A session with standard_conforming_strings off means something else by a
// backslash there, and a job means what the session that registers it means.
#include <algorithm>

#include "plan/checks/checks.h"
#include "spec/default_value.h"
#include "spec/joined.h"

namespace pgfill::plan {

void check_string_escapes(const Subject& subject, Findings& findings) {
  if (subject.facts.plain_backslashes) return;
  const JobSpec& spec = subject.spec;
  const bool set = std::any_of(spec.set().begin(), spec.set().end(), [](const Assignment& assignment) {
    return spec::has_backslash_in_string(assignment.expression);
  });
  if (!set && !spec::has_backslash_in_string(spec::row_condition(spec))) return;
  refuse(findings, "string_escapes", ErrorCode::expression_unsafe,
         "a string holds a backslash, which begins an escape in this session (standard_conforming_strings is off) and "
         "is plain text in a batch",
         "write E'...' where the backslash begins an escape; where it does not, run with "
         "PGOPTIONS='-c standard_conforming_strings=on'");
}

}  // namespace pgfill::plan
