// The library that orders the key is the one its index was built with.
#include "plan/collation_versions.h"

#include "plan/checks/checks.h"

namespace pgfill::plan {

void check_collation_versions(const Subject& subject, Findings& findings) {
  if (!subject.key) return;
  std::vector<std::string> columns;
  for (const KeyColumn& column : subject.key->columns) columns.push_back(column.name);
  const std::optional<Error> error = changed_collation(subject.facts.collations, columns, table_name(subject.facts));
  if (error) refuse(findings, "collation_versions", error->code, error->message, error->hint);
}

}  // namespace pgfill::plan
