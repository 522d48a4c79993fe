// Relations of a job: its table, or the leaf partitions of it, which come and go.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "async/task.h"
#include "postgres/session.h"

namespace pgfill::ledger {

/// A relation under the name that it has now.
struct Relation {
  std::int64_t id = 0;
  std::uint32_t oid = 0;
  std::string schema;  ///< unquoted
  std::string table;   ///< unquoted
  std::int64_t estimated_rows = 0;
  int stripes = 1;           ///< that its rows are cut into; 1: none
  bool by_position = false;  ///< in physical order: bounds and cursors are positions
};

/// Notices partitions that were attached, detached or dropped. Every lease does so, too. Failure PF004: one was
/// attached that the job cannot go over by itself.
async::Task<void> follow_leaves(postgres::Session& session, std::int64_t job_id, std::int64_t runner_id);

/// Empty: it is gone.
async::Task<std::optional<Relation>> find_relation(postgres::Session& session, std::int64_t job_id,
                                                   std::int64_t relation_id);

/// Those with rows in this state (deferred, quarantined) that batches went around.
async::Task<std::vector<Relation>> relations_with_skipped(postgres::Session& session, std::int64_t job_id,
                                                          std::string state);

}  // namespace pgfill::ledger
