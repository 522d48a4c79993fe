// What a failure says of the row that it is about, and of the range that it ends. Pure: failures in, words out.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "pgfill/range.h"
#include "pgfill/spec.h"
#include "postgres/failure.h"
#include "work/range_outcome.h"

namespace pgfill::work {

/// "(id) = (17)", for people.
std::string readable_key(const std::vector<std::string>& columns, const Key& key);

/// As what the failure of a range is tried again. What a function raises says nothing about time, whatever its state.
FailureClass retried_as(const postgres::Failure& failure);

/// Writes a failure into an outcome. One of a statement of the engine's own is never shown as a bad row.
void note_failure(const postgres::Failure& failure, RangeOutcome& outcome);

/// The failure of a row of a key in these columns, which it names.
postgres::Failure of_row(const postgres::Failure& failure, const std::vector<std::string>& columns, const Key& key);

/// The failure that stops the job for this row.
postgres::Failure bad_row_failure(const postgres::Failure& failure, const std::string& row);

/// Of the bad row that was quarantined last: the failure when more are quarantined now than the spec allows. `row`: its
/// key in words; `message`: what the server said of it.
std::optional<postgres::Failure> too_many_bad_rows(const BadRows& allowed, std::int64_t quarantined,
                                                   const std::string& sqlstate, const std::string& message,
                                                   const std::string& row);

}  // namespace pgfill::work
