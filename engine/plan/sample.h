// Tries some rows of a job: lets the server compute their new values and, where nothing could remain of it, update them
// as a batch does in a transaction that is rolled back. See README.md for what a try leaves behind.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "async/task.h"
#include "pgfill/plan.h"
#include "pgfill/spec.h"
#include "plan/facts.h"
#include "plan/sample_costs.h"
#include "postgres/session.h"
#include "sql/statement_builder.h"

namespace pgfill::plan {

/// What could remain of a try although it is rolled back, as reasons; empty: nothing but dead row versions and WAL.
struct SampleEffects {
  std::optional<std::string> of_values;  ///< of computing what is set, and of the condition
  std::optional<std::string> of_update;  ///< of triggers and foreign keys
};

/// Asks what is called. In a transaction of the caller's. `expressions` are those of the batch's plan.
async::Task<SampleEffects> find_effects(postgres::Session& session, const JobSpec& spec, const Facts& facts,
                                        std::string expressions);

struct SampleOrder {
  sql::Target target;
  std::string search_path;
  std::vector<std::string> settings;       ///< what expressions mean under
  std::vector<std::optional<Key>> starts;  ///< tries begin above these; empty: at the first row
  std::int64_t rows = 0;                   ///< of the larger slices
  SampleEffects effects;
};

/// Short transactions of its own: none waits for a lock for longer than 10 ms, and none that holds a row takes longer
/// than twice what reading its rows took, and 100 ms. A try that fails is left out.
async::Task<Sample> take_sample(postgres::Session& session, SampleOrder order);

/// Where tries begin, and how many rows they take: some hundred, or fewer where rows are wide.
std::vector<std::optional<Key>> starts_of(const std::vector<PlannedRange>& ranges);
std::int64_t rows_to_try(const TableFacts& table);

}  // namespace pgfill::plan
