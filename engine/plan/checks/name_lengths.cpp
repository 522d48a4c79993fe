// PostgreSQL cuts longer names with a mere notice, so that another table or column would be meant.
#include "plan/checks/checks.h"

namespace pgfill::plan {
namespace {

void check_name(const std::string& what, const std::string& name, Findings& findings) {
  constexpr std::size_t longest = 63;
  if (name.size() <= longest) return;
  refuse(findings, "name_lengths", ErrorCode::name_too_long,
         what + " name \"" + name + "\" has " + std::to_string(name.size()) + " bytes; PostgreSQL cuts names at 63",
         "write the name as the catalogue has it: \"" + name.substr(0, longest) + "\"");
}

}  // namespace

void check_name_lengths(const Subject& subject, Findings& findings) {
  check_name("schema", subject.spec.schema, findings);
  check_name("table", subject.spec.table, findings);
  check_name("alias", subject.spec.alias, findings);
  for (const Assignment& assignment : subject.spec.set()) check_name("column", assignment.column, findings);
  for (const std::string& column : subject.spec.key) check_name("key column", column, findings);
}

}  // namespace pgfill::plan
