// The one relation of a job that goes over its table as a whole: its target and its ranges.
#pragma once

#include <vector>

#include "async/task.h"
#include "kinds/kind.h"
#include "plan/checks/checks.h"
#include "postgres/session.h"

namespace pgfill::plan {

/// Of the job's table, in the order of its key unless it has none.
kinds::TargetFacts target_facts(const Subject& subject);
sql::Target target_of(const Subject& subject);

/// Whether the server looks for the rows of a batch between its positions. An empty table has no plan.
bool scans_positions(const StatementFacts& statement, const Subject& subject);

/// Corrects the row estimate of a table without statistics when a sample was taken. In several passes over windows, all
/// that lies above the largest key of now is a range of its own: it is gone over once, rows inserted meanwhile
/// included.
async::Task<std::vector<PlannedRange>> make_ranges(postgres::Session& session, Subject& subject, Order order,
                                                   int stripes);

/// The transaction that facts are read in. A refusal of the server ends it.
async::Task<void> begin_reading(postgres::Session& session, std::string search_path);
async::Task<void> end_reading(postgres::Session& session);

}  // namespace pgfill::plan
