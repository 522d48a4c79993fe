// Putting a job right after a person has looked at it. Link pgfill_library.
#pragma once

#include <cstdint>
#include <string>

#include "pgfill/job.h"
#include "pgfill/result.h"

namespace pgfill {

/// Puts the quarantined rows of a job back for another try by the next run; how many. Errors: connection errors,
/// ledger_missing, no_such_job.
Result<std::int64_t> retry_quarantined(const ConnectionSettings& connection, const std::string& job);

/// Accepts the present database and table as the job's own, after a failover, under another address or after a change
/// of the table. Answers a sentence that says what was adopted. Errors: connection errors, ledger_missing, no_such_job,
/// table_changed (the table itself is gone).
Result<std::string> adopt_job(const ConnectionSettings& connection, const std::string& job);

}  // namespace pgfill
