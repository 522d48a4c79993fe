// What a job asks of a partition that it drops: statements of one partition, each with its limits. Decides nothing.
// Throws postgres::Failure.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "async/task.h"
#include "ledger/partition.h"
#include "sql/statement_builder.h"
#include "work/job_work.h"

namespace pgfill::work {

/// How a job's condition is evaluated in a transaction of its own.
struct Expressions {
  std::string search_path;
  std::vector<std::string> settings;
};

struct LeafCount {
  std::int64_t rows = 0;
  std::int64_t failing = 0;  ///< the condition is not true for them: they are to stay
};

/// `leaf`: the job's target with the names of the partition. As long as it takes; holds nothing up.
async::Task<LeafCount> count_leaf(postgres::Session& session, sql::Target leaf, Expressions expressions);

/// A lock that is asked for now would be waited for, and others would wait behind it.
async::Task<bool> is_partition_held(postgres::Session& session, std::uint32_t leaf, std::uint32_t parent);

/// Of a leaf: ledger::drop_partition. `parent`: of one that is attached; the whole is over within seconds then, since
/// all of the parent is locked.
async::Task<LeafCount> drop_partition(postgres::Session& session, const JobWork& job, std::int64_t runner_id,
                                      sql::Target leaf, std::optional<std::uint32_t> parent, Expressions expressions);
async::Task<void> attach_again(postgres::Session& session, std::int64_t job_id, std::uint32_t leaf);
/// Begins to detach it, or finalizes that. Not through a pooler.
async::Task<void> detach(postgres::Session& session, ledger::DetachedPartition partition);

}  // namespace pgfill::work
