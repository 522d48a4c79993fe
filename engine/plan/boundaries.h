// Finds keys that cut a table into ranges, without reading the table: from the statistics of a single-column key, else
// from a sample of a bounded number of blocks. The server orders and compares; splitter.h decides which cuts to use.
#pragma once

#include <optional>
#include <vector>

#include "async/task.h"
#include "plan/facts.h"
#include "plan/splitter.h"
#include "postgres/session.h"
#include "sql/statement_builder.h"

namespace pgfill::plan {

/// The key that the statements of a job walk, with what the server needs to order values of it.
struct KeySpace {
  sql::Target target;
  std::string first_collation;  ///< of the first key column, qualified and quoted; empty: its type has none
};

/// The largest key of the table; null when the table is empty. One step on the index. Throws postgres::Failure.
async::Task<std::optional<Key>> largest_key(postgres::Session& session, sql::Target target);

/// What was learned of the table's keys.
struct Boundaries {
  std::vector<Cut> cuts;                       ///< in key order, all below the largest key when that is given
  std::optional<std::int64_t> rows_by_sample;  ///< rows of the table, scaled from the sample when one was taken
};

/// No cuts for a table that one range serves. Throws postgres::Failure.
async::Task<Boundaries> read_boundaries(postgres::Session& session, const Facts& facts, KeySpace space,
                                        std::optional<Key> largest);

}  // namespace pgfill::plan
