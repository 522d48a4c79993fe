// Repairs of a job in the ledger (pgfill/repair.h).
#include "pgfill/repair.h"

namespace pgfill {

namespace {

Error not_wired(const std::string& job) {
  Error error;
  error.message = "not wired yet: this build cannot repair job " + job;
  error.state = "nothing changed";
  return error;
}

}  // namespace

// Weak, so that real ones replace them.
[[gnu::weak]] Result<std::int64_t> retry_quarantined(const ConnectionSettings& /*connection*/, const std::string& job) {
  return not_wired(job);
}

[[gnu::weak]] Result<std::string> adopt_job(const ConnectionSettings& /*connection*/, const std::string& job) {
  return not_wired(job);
}

}  // namespace pgfill
