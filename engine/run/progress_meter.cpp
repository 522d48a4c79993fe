#include "run/progress_meter.h"

#include <algorithm>

namespace pgfill::run {
namespace {

constexpr std::size_t batches_kept = 256;
constexpr std::chrono::seconds window{60};
constexpr std::chrono::seconds recent{5};
/// Before this much of a run no end is foretold.
constexpr std::chrono::seconds settling{3};
/// An estimate of the rows may be off by so much, and the table may grow by it, unmentioned.
constexpr double negligible = 0.05;
constexpr std::int64_t few_rows = 1'000;
/// Of the rows that were gone over; the server counts what came in a second late.
constexpr double as_many = 0.9;

double seconds_between(async::TimePoint from, async::TimePoint to) {
  return std::max(1e-3, std::chrono::duration<double>(to - from).count());
}

/// The value below which `part` of them lie; 0 when there are none.
template <class T>
T quantile(const std::deque<T>& values, double part) {
  if (values.empty()) return T{};
  std::vector<T> sorted(values.begin(), values.end());
  const auto position = static_cast<std::size_t>(part * static_cast<double>(sorted.size() - 1));
  std::nth_element(sorted.begin(), sorted.begin() + static_cast<std::ptrdiff_t>(position), sorted.end());
  return sorted[position];
}

template <class T>
void keep_last(std::deque<T>& values, T value) {
  values.push_back(value);
  if (values.size() > batches_kept) values.pop_front();
}

}  // namespace

ProgressMeter::ProgressMeter(std::string job, std::string table, std::string kind, std::int64_t estimated_rows,
                             async::TimePoint start)
    : job_(std::move(job)),
      table_(std::move(table)),
      kind_(std::move(kind)),
      estimated_rows_(estimated_rows),
      start_(start) {
  samples_.push_back({start, 0, 0});
}

void ProgressMeter::set_base(const ledger::RangeTotals& totals) {
  totals_ = totals;
  base_rows_ = totals.rows_changed;
  base_share_ = totals.share_done;
  samples_.front().share = totals.share_done;
}

void ProgressMeter::count(const work::CommittedBatch& batch) {
  rows_ += batch.rows_changed;
  rows_walked_ += batch.rows_walked;
  advanced_ += std::max(batch.rows_walked, batch.rows_changed);
  ++batches_;
  keep_last(durations_, batch.elapsed);
  if (batch.rows_walked > 0) keep_last(sizes_, batch.rows_walked);
}

void ProgressMeter::take(const ledger::RangeTotals& totals, async::TimePoint now) {
  totals_ = totals;
  samples_.push_back({now, rows_, totals.share_done});
  while (samples_.size() > 2 && now - samples_[1].at > window) samples_.pop_front();
}

void ProgressMeter::take_inserted(std::int64_t rows, async::TimePoint now) {
  growth_.push_back({now, rows, advanced_});
  while (growth_.size() > 2 && now - growth_[1].at > window) growth_.pop_front();
}

bool ProgressMeter::goes_far_beyond() const {
  const double planned = static_cast<double>(estimated_rows_) * negligible;
  return totals_.rows_beyond > std::max(few_rows, static_cast<std::int64_t>(planned));
}

std::optional<event::TableGrows> ProgressMeter::outgrown() const {
  if (!goes_far_beyond() || growth_.empty()) return std::nullopt;
  const Growth& first = growth_.front();
  const Growth& last = growth_.back();
  const auto inserted = static_cast<double>(last.inserted - first.inserted);
  const auto advanced = static_cast<double>(last.advanced - first.advanced);
  if (last.at - first.at < settling || advanced <= 0 || inserted < as_many * advanced) return std::nullopt;
  const double seconds = seconds_between(first.at, last.at);
  return event::TableGrows{inserted / seconds, advanced / seconds};
}

double ProgressMeter::rows_per_second(async::TimePoint now) const {
  const Sample* from = &samples_.front();
  for (const Sample& sample : samples_) {
    if (now - sample.at >= recent) from = &sample;
  }
  return static_cast<double>(rows_ - from->rows) / seconds_between(from->at, now);
}

/// A range from the faster and the slower of two speeds: the last minute's and the whole run's, by share of the keys.
void ProgressMeter::estimate_end(Progress& progress, async::TimePoint now) const {
  if (now - start_ < settling || totals_.share_done >= 1 || goes_far_beyond()) return;
  const Sample& first = samples_.front();
  const Sample& last = samples_.back();
  const double lately = (last.share - first.share) / seconds_between(first.at, last.at);
  const double overall = (last.share - base_share_) / seconds_between(start_, last.at);
  const double fast = std::max(lately, overall);
  const double slow = std::min(lately, overall);
  if (slow <= 0) return;
  const double left = 1 - totals_.share_done;
  progress.eta_shortest = std::chrono::seconds(static_cast<std::int64_t>(0.9 * left / fast));
  progress.eta_longest = std::chrono::seconds(static_cast<std::int64_t>(1.2 * left / slow) + 1);
}

Progress ProgressMeter::progress(async::TimePoint now, int workers_busy) const {
  Progress progress;
  progress.job = job_;
  progress.table = table_;
  progress.share = std::clamp(totals_.share_done, 0.0, 1.0);
  progress.estimated_rows = estimated_rows_ + totals_.rows_beyond;
  progress.rows_changed = std::max(base_rows_ + rows_, totals_.rows_changed);  // a runner that was replaced did some
  progress.rows_changed_now = rows_;
  progress.rows_per_second = rows_per_second(now);
  progress.rows_per_second_average = static_cast<double>(rows_) / seconds_between(start_, now);
  progress.batch_rows = quantile(sizes_, 0.5);
  progress.batch_p50 = quantile(durations_, 0.5);
  progress.batch_p99 = quantile(durations_, 0.99);
  progress.batches = batches_;
  progress.retries = retries_;
  progress.workers_busy = workers_busy;
  progress.ranges = totals_.ranges;
  progress.ranges_done = totals_.done;
  progress.deferred = totals_.deferred;
  progress.kind = kind_;
  progress.rows_kept = totals_.rows_kept;
  progress.quarantined = totals_.quarantined;
  progress.replica_lag_bytes = replica_lag_;
  progress.elapsed = std::chrono::duration_cast<std::chrono::milliseconds>(now - start_);
  estimate_end(progress, now);
  return progress;
}

}  // namespace pgfill::run
