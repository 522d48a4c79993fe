// Whether the library that orders text is still the one an index was built with. After an upgrade of it, an index may
// be in an order that comparisons no longer agree with: a job that walks it would pass over rows.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "async/task.h"
#include "pgfill/error.h"
#include "plan/facts.h"
#include "postgres/session.h"

namespace pgfill::plan {

/// The collations of a table's columns and of the database. Throws postgres::Failure.
async::Task<std::vector<CollationFact>> read_collations(postgres::Session& session, std::uint32_t table);

/// The error of the first collation that orders a key column and has changed; null when none has. Pure.
std::optional<Error> changed_collation(const std::vector<CollationFact>& collations,
                                       const std::vector<std::string>& key_columns, const std::string& table);

}  // namespace pgfill::plan
