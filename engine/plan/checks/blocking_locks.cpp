// A table lock that our batches would wait for: say whose it is instead of hanging.
#include "plan/checks/checks.h"

namespace pgfill::plan {
namespace {

/// "AccessExclusiveLock" as SQL writes it.
std::string lock_name(const std::string& mode) {
  if (mode == "AccessExclusiveLock") return "an ACCESS EXCLUSIVE";
  if (mode == "ExclusiveLock") return "an EXCLUSIVE";
  if (mode == "ShareRowExclusiveLock") return "a SHARE ROW EXCLUSIVE";
  return "a SHARE";
}

std::string holder(const LockFact& lock) {
  if (lock.pid == 0) return "prepared transaction '" + lock.application + "'";
  std::string text = "process " + std::to_string(lock.pid);
  if (!lock.application.empty()) text += " (" + lock.application + ")";
  return text;
}

}  // namespace

void check_blocking_locks(const Subject& subject, Findings& findings) {
  for (const LockFact& lock : subject.facts.locks) {
    std::string text = holder(lock) + (lock.granted ? " holds " : " waits for ") + lock_name(lock.mode) + " lock on " +
                       (lock.partition.empty() ? table_name(subject.facts) : lock.partition);
    if (lock.age_seconds > 0) text += ", in a transaction " + std::to_string(lock.age_seconds) + " s old";
    const std::string remedy =
        lock.pid == 0 ? "COMMIT PREPARED or ROLLBACK PREPARED '" + lock.application + "', in the database it belongs to"
                      : "let it end, or end it: SELECT pg_terminate_backend(" + std::to_string(lock.pid) + ")";
    refuse(findings, "blocking_locks", ErrorCode::blocked_at_start, text, remedy);
  }
}

}  // namespace pgfill::plan
