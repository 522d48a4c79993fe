// What only deletions are asked about: the foreign keys that they meet, the time that bounds them, and partitions that
// hold nothing but rows to be deleted. Inside the transaction the caller has begun. Throws postgres::Failure.
#pragma once

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

/// Whether a partition may hold nothing but rows to be deleted; only of a condition that the server has accepted.
bool may_go_whole(const JobSpec& spec, const Facts& facts, const StatementFacts& statement);

/// The leaf partitions whose bounds prove that no row of them fails the condition: the server's planner finds nothing
/// to read for its negation. Rows for which the condition is NULL may be there all the same. `target` is the job's
/// table, whose condition the server has accepted.
async::Task<std::vector<WholePartition>> read_whole_partitions(postgres::Session& session, sql::Target target);

}  // namespace pgfill::plan
