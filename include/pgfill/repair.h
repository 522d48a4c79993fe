// What a person does after a job stopped or its table was replaced: put rows back, accept the table that is there now.
// Changes the ledger only; running the job is run_job of job.h.
#pragma once

#include <cstdint>
#include <string>

#include "pgfill/job.h"
#include "pgfill/result.h"

namespace pgfill {

/// Puts the job's quarantined rows back for another try; the next run takes them. Returns how many rows were put back.
/// Errors: connection errors, ledger_*, no_such_job.
Result<std::int64_t> retry_quarantined(const ConnectionSettings& connection, const std::string& job);

/// Accepts the present database and table as the job's own, after a restore or when the table was replaced. Returns a
/// sentence that says what was adopted. Errors: connection errors, ledger_*, no_such_job.
Result<std::string> adopt_job(const ConnectionSettings& connection, const std::string& job);

}  // namespace pgfill
