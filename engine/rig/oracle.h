// Says from the data alone whether a job did what it promised: every row once, no write of the application lost, the
// ledger truthful. Reads; trusts nothing that the engine says but its ledger, which it holds against the rows.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "pgfill/job.h"

namespace pgfill::rig {

/// The answer to one question of the oracle.
struct Check {
  std::string name;             ///< for instance "every row done once"
  std::int64_t compared = 0;    ///< how many things were looked at
  std::int64_t violations = 0;  ///< how many of them are wrong
  std::string sample;           ///< one of those
};

struct Verdict {
  std::vector<Check> checks;
  /// Nothing is wrong, and no check was empty: one that compared nothing proves nothing.
  bool passed() const;
  /// One line a check.
  std::string to_text() const;
};

/// After job and writers have ended; both read everything. They block and throw postgres::Failure.
/// `rows`: how many were loaded. `acknowledged`: Writers::acknowledged().
Verdict judge_users(const ConnectionSettings& connection, std::int64_t rows,
                    const std::vector<std::int64_t>& acknowledged);
/// The rows of the subject, whatever its key is. Needs audit_ledger() before the job, as what follows does.
Verdict judge_subject_rows(const ConnectionSettings& connection, const std::vector<std::int64_t>& acknowledged);
/// And the steps of its ranges, whose key is the one bigint of create_subject().
Verdict judge_subject(const ConnectionSettings& connection, const std::vector<std::int64_t>& acknowledged);

}  // namespace pgfill::rig
