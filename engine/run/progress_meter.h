// Counts what happens in a run and says where the job stands. Pure: time comes in as arguments; no SQL.
#pragma once

#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "async/clock.h"
#include "ledger/range.h"
#include "pgfill/event.h"
#include "pgfill/progress.h"
#include "work/permit.h"

namespace pgfill::run {

/// Not thread-safe; one per run. Memory is bounded: it keeps a minute of samples and the last batches only.
class ProgressMeter {
 public:
  ProgressMeter(std::string job, std::string table, std::string kind, std::int64_t estimated_rows,
                async::TimePoint start);

  void count(const work::CommittedBatch& batch);
  void count_retry() { ++retries_; }
  /// The ledger's sums, the truth about ranges and share.
  void take(const ledger::RangeTotals& totals, async::TimePoint now);
  /// Rows inserted into the table since the server counts; asked while ranges meet more rows than they were planned
  /// for.
  void take_inserted(std::int64_t rows, async::TimePoint now);
  /// When rows come in as fast as the job goes over them, so that no end can be foretold.
  std::optional<event::TableGrows> outgrown() const;
  /// By this run so far.
  std::int64_t rows_walked() const { return rows_walked_; }
  void set_replica_lag(std::optional<std::int64_t> bytes) { replica_lag_ = bytes; }
  /// What was committed before this run.
  void set_base(const ledger::RangeTotals& totals);
  /// After a failover that lost commits: what this run had counted is what the new server has.
  void set_back(const ledger::RangeTotals& totals) { rows_ = totals.rows_changed - base_rows_; }

  /// `state`, `reason` and `workers` are the caller's to fill.
  Progress progress(async::TimePoint now, int workers_busy) const;

 private:
  struct Sample {
    async::TimePoint at;
    std::int64_t rows;
    double share;
  };
  struct Growth {
    async::TimePoint at;
    std::int64_t inserted;
    std::int64_t advanced;
  };
  bool goes_far_beyond() const;
  void estimate_end(Progress& progress, async::TimePoint now) const;
  double rows_per_second(async::TimePoint now) const;

  std::string job_;
  std::string table_;
  std::string kind_;
  std::int64_t estimated_rows_;
  async::TimePoint start_;
  ledger::RangeTotals totals_;
  std::int64_t base_rows_ = 0;
  double base_share_ = 0;
  std::int64_t rows_ = 0;
  std::int64_t rows_walked_ = 0;
  std::int64_t advanced_ = 0;  ///< as rows_walked_, with remainders of unknown size
  std::int64_t batches_ = 0;
  std::int64_t retries_ = 0;
  std::deque<Sample> samples_;                       ///< two a second at most, a minute's worth
  std::deque<Growth> growth_;                        ///< a minute's worth
  std::deque<std::chrono::microseconds> durations_;  ///< of the last batches
  std::deque<std::int64_t> sizes_;
  std::optional<std::int64_t> replica_lag_;
};

}  // namespace pgfill::run
