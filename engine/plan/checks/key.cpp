// There is a key, and the job leaves it alone: a row whose key changes would be passed over or met twice.
#include "plan/checks/checks.h"

namespace pgfill::plan {

void check_key(const Subject& subject, Findings& findings) {
  if (subject.key_refusal) {
    refuse(findings, "key", subject.key_refusal->code, subject.key_refusal->message, subject.key_refusal->hint);
  }
  if (!subject.key) return;
  for (const KeyColumn& key : subject.key->columns) {
    for (const Assignment& assignment : subject.spec.set) {
      if (assignment.column != key.name) continue;
      refuse(findings, "key", ErrorCode::expression_unsafe,
             "set changes \"" + key.name + "\", a column of the key (index " + readable(subject.key->index) +
                 "); rows would be skipped or changed twice",
             "write the value to a new column, or name another unique key: key: [...]");
    }
  }
}

}  // namespace pgfill::plan
