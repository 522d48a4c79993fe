// The relations and ranges of a job whose batches each touch one leaf partition: each leaf has its own order, stripes
// and boundaries. The catalogue is asked once for all of them; only large leaves are asked for boundaries, and not
// many.
#pragma once

#include <vector>

#include "async/task.h"
#include "pgfill/plan.h"
#include "plan/checks/checks.h"
#include "postgres/session.h"
#include "sql/statement_builder.h"

namespace pgfill::plan {

/// A leaf as a relation of the job, with what its order and its stripes follow from.
struct PlannedLeaf {
  PlannedRelation relation;
  Facts facts;  ///< of the leaf as a table of its own, as far as planning asks
  std::string order_reason;
  std::string stripes_reason;
};

struct LeafWalk {
  std::vector<PlannedLeaf> leaves;  ///< in the order of the facts; none when the server rejects the statement
  std::size_t largest = 0;          ///< the place of the one that statements are shown and tried on
  sql::Target target;               ///< of that one
  StatementFacts statement;         ///< of a batch of it; the share that matches is the table's
};
/// Decides how each leaf is gone over. `table`: the target of the partitioned table.
async::Task<LeafWalk> walk_leaves(postgres::Session& session, Subject& subject, sql::Target table);

/// What statements need to know of a leaf.
sql::Target target_of_leaf(const Subject& subject, const PlannedRelation& leaf);

/// Ranges of all leaves; none of an empty table that is bound at the start. Sharpens estimates of rows by samples.
async::Task<std::vector<PlannedRange>> ranges_of_leaves(postgres::Session& session, const Subject& subject,
                                                        sql::Target table, std::vector<PlannedLeaf>& leaves);

}  // namespace pgfill::plan
