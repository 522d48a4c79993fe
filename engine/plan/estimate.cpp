#include "plan/estimate.h"

#include <algorithm>
#include <cmath>

#include "kinds/kind.h"
#include "plan/bytes_written.h"

namespace pgfill::plan {
namespace {

// Microseconds of one session, from the measurements in bench/README.md. A row that `where` leaves out is only read.
constexpr double change_us = 4.5;
constexpr double walk_us = 0.4;
constexpr double delete_us = 1.3;        // no new version, no entry in an index
constexpr double entry_us = 1.5;         // in an index, where an update is not heap-only
constexpr double foreign_key_us = 8;     // a look-up, and a lock
constexpr double trigger_us = 6;         // of a short function
constexpr double read_us = 0.35;         // a row of another table, read or hashed
constexpr double partition_us = 300;     // that a batch looks into
constexpr double relation_us = 2'500;    // to lease a range of a partition, and to end it
constexpr double outside_bytes_us = 60;  // bytes of TOAST that are compressed, written and logged in that time
// A batch's round trip, the ledger, and its commit; the rest of it is measured.
constexpr double ledger_us = 900;
// Registering, planning, the end.
constexpr double start_seconds = 0.25;
constexpr double sweep_us = 0.2;  // a row that the search at the end reads
// Two workers of two processors against one.
constexpr double two_workers = 1.35;
// A pass over a range in stripes has some 25,000 rows, and takes four batches at least.
constexpr int most_rows_in_stripes = 6'250;
// What a range has at each side of what is expected.
constexpr double margin = 1.5;

std::chrono::seconds seconds(double value) {
  return std::chrono::seconds(static_cast<std::int64_t>(std::llround(value)));
}

double indexes_written(const Facts& facts, bool hot_possible) {
  return hot_possible ? 0 : static_cast<double>(facts.indexes.size());
}

double foreign_keys_checked(const Facts& facts, const ColumnNumbers& changed) {
  return static_cast<double>(std::count_if(facts.foreign_keys.begin(), facts.foreign_keys.end(),
                                           [&](const ForeignKeyFact& key) { return overlap(key.columns, changed); }));
}

double triggers_run(const Facts& facts, const ColumnNumbers& changed) {
  return static_cast<double>(
      std::count_if(facts.triggers.begin(), facts.triggers.end(),
                    [&](const TriggerFact& trigger) { return trigger.each_row && fires(trigger, changed); }));
}

/// What writing a changed row takes, besides the values.
double write_us(const JobSpec& spec, const Facts& facts, const Sample& sample, bool hot_possible) {
  const ColumnNumbers changed = with_dependents(facts, assigned_columns(facts, spec));
  if (kinds::removes_rows(spec)) {
    return delete_us - walk_us + foreign_key_us * static_cast<double>(facts.referrers.size()) +
           trigger_us * triggers_run(facts, changed) + outside_bytes_of_row(spec, facts, sample) / outside_bytes_us;
  }
  return change_us - walk_us + entry_us * indexes_written(facts, hot_possible) +
         foreign_key_us * foreign_keys_checked(facts, changed) + trigger_us * triggers_run(facts, changed) +
         outside_bytes_of_row(spec, facts, sample) / outside_bytes_us;
}

/// What every batch takes whatever its rows, and what its rows take more, by the server's plan.
BatchCost cost_by_plan(const JobSpec& spec, const Facts& facts, const StatementFacts& statement, double share,
                       bool hot_possible, double partitions) {
  BatchCost cost;
  cost.changed_share = share;
  cost.row_us = walk_us + share * write_us(spec, facts, Sample(), hot_possible);
  for (const Scan& scan : statement.scans) {
    const double rows = scan.relation_rows.value_or(scan.rows);
    if (scan.whole && scan.each_row) {
      cost.row_us += rows * read_us;
    } else if (scan.whole) {
      cost.fixed_us += rows * read_us;
    }
  }
  cost.fixed_us += partition_us * partitions;
  return cost;
}

/// As tried: what is written is added where nothing was, and rows that the try met less often than the job does.
BatchCost cost_as_tried(const JobSpec& spec, const Facts& facts, const Sample& sample, BatchCost tried, double share,
                        bool hot_possible) {
  double change = 0;
  if (!sample.written) {
    change = tried.row_us + write_us(spec, facts, sample, hot_possible);
  } else if (tried.changed_share > 0) {
    change = std::max(0.0, tried.row_us - walk_us) / tried.changed_share;
  } else {
    change = tried.row_us + write_us(spec, facts, sample, hot_possible);
  }
  return {tried.fixed_us, std::min(walk_us, tried.row_us) + share * change, share};
}

/// The planner knows nothing of many conditions, and says that few rows meet them. Where many do at every place that
/// was looked at, that counts more.
double likely_share(double by_planner, const Sample& sample) {
  constexpr double far_off = 2;
  const double least = least_share(sample.batches);
  return by_planner * far_off < least ? least : by_planner;
}

std::int64_t whole(double bytes) {
  return static_cast<std::int64_t>(std::llround(bytes));
}

}  // namespace

BatchForecast forecast_batch(const BatchLimits& limits, const BatchCost& cost, const ServerFact& server) {
  constexpr double us_per_ms = 1000;
  constexpr double small_share = 5;  // the fixed part is a fifth at most
  constexpr double share_of_deadlock_timeout = 0.6;
  const double target = us_per_ms * static_cast<double>(limits.target_time.count());
  const double longest = share_of_deadlock_timeout * us_per_ms * static_cast<double>(server.deadlock_ms);
  const double wanted = std::min(std::max(target, small_share * cost.fixed_us), std::max(longest, target));
  const double rows = (wanted - cost.fixed_us) / std::max(0.01, cost.row_us);
  BatchForecast forecast;
  const double least = cost.row_us * limits.min_rows > longest ? 1 : std::min(limits.min_rows, limits.max_rows);
  forecast.rows = std::clamp(rows, least, static_cast<double>(std::max(1, limits.max_rows)));
  forecast.microseconds = cost.fixed_us + forecast.rows * cost.row_us;
  return forecast;
}

Estimate estimate_cost(const JobSpec& spec, const Facts& facts, const StatementFacts& statement, const Sample& sample,
                       const Route& route) {
  constexpr double us_per_second = 1e6;
  Estimate estimate;
  const double rows = static_cast<double>(facts.table.estimated_rows);
  const double share = likely_share(statement.matching_share, sample);
  const double changed = std::round(rows * share);
  estimate.rows_in_table = facts.table.estimated_rows;
  estimate.rows_to_change = static_cast<std::int64_t>(changed);
  estimate.hot_possible = indexes_touched(facts, assigned_columns(facts, spec)).empty();
  estimate.basis = sample.words.empty() ? "statistics" : sample.words;
  if (rows <= 0) return estimate;

  const double relations = static_cast<double>(std::max<std::size_t>(1, route.relations));
  const double looked_into = route.relations > 1 ? 1 : static_cast<double>(facts.leaves.size());
  BatchCost cost = cost_by_plan(spec, facts, statement, share, estimate.hot_possible, looked_into);
  if (const auto tried = cost_of(sample.batches))
    cost = cost_as_tried(spec, facts, sample, *tried, share, estimate.hot_possible);
  BatchLimits limits = spec.batch;
  if (route.stripes > 1) limits.max_rows = std::min(limits.max_rows, most_rows_in_stripes);
  const BatchForecast batch = forecast_batch(limits, cost, facts.server);
  const double batches = std::max(relations, std::ceil(rows / batch.rows));
  const double workers = spec.workers == 1 || batches < 2 ? 1.0 : two_workers;
  const double sweep = kinds::kind_of(spec).sweeps(spec) ? rows * sweep_us : 0;
  const double work =
      (rows * cost.row_us + batches * (cost.fixed_us + ledger_us) + (relations - 1) * relation_us) / workers;
  const double expected = start_seconds + (work + sweep) / us_per_second;
  estimate.shortest = seconds(expected / margin);
  estimate.longest = std::max(seconds(expected * margin), std::chrono::seconds(1));

  const Passage passage{route.order, route.stripes, route.key_column, rows, changed, expected, batches};
  const BytesWritten written = bytes_written(spec, facts, sample, passage);
  estimate.heap_growth_bytes = whole(written.table);
  estimate.index_growth_bytes = whole(written.indexes);
  estimate.wal_bytes = whole(written.wal);
  return estimate;
}

}  // namespace pgfill::plan
