// Partitions that a job drops instead of deleting their rows. Until one that is detached is dropped, or attached again,
// the ledger names it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "async/task.h"
#include "postgres/session.h"

namespace pgfill::ledger {

struct DetachedPartition {
  enum class Standing {
    attached,  ///< still, or again
    pending,   ///< out of sight of new transactions; to be finalized
    detached,  ///< a table of its own
    gone,
  };
  std::uint32_t oid = 0;
  std::string name;    ///< as statements under the search path pg_catalog call it
  std::string parent;  ///< the same
  Standing standing = Standing::attached;
};

/// Those that a job has begun to detach.
async::Task<std::vector<DetachedPartition>> detached_partitions(postgres::Session& session, std::int64_t job_id);
async::Task<void> begin_detach(postgres::Session& session, std::int64_t job_id, std::uint32_t leaf,
                               std::int64_t runner_id);
async::Task<void> end_detach(postgres::Session& session, std::int64_t job_id, std::uint32_t leaf);

/// Drops the leaf where none of its rows fails the condition, as `counting` says of all of them and of those that fail;
/// its rows count as changed. With `parent` it is detached first, in the same transaction, and stays where one fails.
postgres::Command drop_partition(std::int64_t job_id, std::int64_t runner_id, std::uint32_t leaf,
                                 std::optional<std::uint32_t> parent, std::string counting);
/// Attaches a leaf that the job has detached.
postgres::Command attach_again(std::int64_t job_id, std::uint32_t leaf);

}  // namespace pgfill::ledger
