// What only deletions are asked about: the foreign keys that they meet, the time that bounds them, and partitions that
// hold nothing but rows to be deleted. Inside the transaction the caller has begun. Throws postgres::Failure.
#pragma once

#include <limits>
#include <string>
#include <vector>

#include "async/task.h"
#include "plan/explain.h"
#include "plan/facts.h"
#include "postgres/session.h"
#include "sql/statement_builder.h"

namespace pgfill::plan {

async::Task<std::vector<ReferrerFact>> read_referrers(postgres::Session& session, std::uint32_t table_oid);

/// The time of the transaction, as a constant of SQL that means the same in any time zone.
async::Task<std::string> read_time(postgres::Session& session);

/// The leaf partitions whose bounds prove that no row of them fails the condition: the server's planner finds nothing
/// to read for its negation. Rows for which the condition is NULL may be there all the same. `target` is the job's
/// table, whose condition the server has accepted. None where there are more than `most` leaves: each takes the planner
/// a moment.
async::Task<std::vector<WholePartition>> read_whole_partitions(postgres::Session& session, sql::Target target,
                                                               int most);
inline constexpr int most_advised = 500;
inline constexpr int any_number = std::numeric_limits<int>::max();

/// Why no partition may be dropped instead of its rows being deleted; empty: they may.
async::Task<std::vector<std::string>> read_undroppable(postgres::Session& session, std::uint32_t table_oid);

/// The job's target with one of its partitions instead, also one that is detached.
sql::Target of_leaf(sql::Target target, const WholePartition& leaf);
async::Task<sql::Target> of_table(postgres::Session& session, sql::Target target, std::uint32_t oid);

/// Both, as far as the job is about them, into the facts.
async::Task<void> read_partitions_of_deletion(postgres::Session& session, const JobSpec& spec,
                                              const StatementFacts& statement, sql::Target target, Facts& facts);
/// Those that a run would drop, as a person writes them.
std::vector<std::string> dropped_partitions(const JobSpec& spec, const Facts& facts);

}  // namespace pgfill::plan
