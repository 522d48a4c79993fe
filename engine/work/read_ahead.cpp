#include "work/read_ahead.h"

#include <algorithm>

#include "work/statements.h"

namespace pgfill::work {
namespace {

using namespace std::chrono_literals;

/// Reading takes at least this share of a slice's time where pages come from a disk; from a cache, some per cent.
constexpr int least_share = 4;
constexpr int longest_pause = 64;
/// A guess that takes longer was wrong, since keys are denser there, or the disk is too slow for so many.
constexpr async::milliseconds patience{1'000};
/// Behind a gap keys are as dense as before it, mostly.
constexpr double most_growth = 2;

}  // namespace

void ReadingPays::measured(std::chrono::microseconds reading, std::chrono::microseconds changing) {
  const bool pays = reading * least_share >= reading + changing;
  wait_ = pays ? 0 : pause_;
  pause_ = pays ? 1 : std::min(longest_pause, pause_ * 2);
}

void ReadingPays::passed() {
  wait_ = std::max(0, wait_ - 1);
}

ReadAhead::ReadAhead(const JobWork& job) : job_(job) {
  if (!job.scattered_key.empty()) scale_ = KeyScale::of(job.scattered_key);
}

std::optional<Key> ReadAhead::guess(const std::optional<Key>& from, std::int64_t rows,
                                    const std::optional<Key>& last) const {
  if (!scale_ || row_distance_ == 0 || !from) return std::nullopt;
  const std::optional<std::string> end = last ? std::optional(last->front()) : std::nullopt;
  const auto key = scale_->beyond(from->front(), row_distance_ * static_cast<double>(rows), end);
  return key ? std::optional(Key{*key}) : std::nullopt;
}

async::Task<std::optional<Slice>> ReadAhead::read(postgres::Session& session, const ledger::Lease& lease,
                                                  std::int64_t rows) {
  rows = std::min(rows, most_rows_);
  const std::optional<Key> bound = guess(lease.cursor, rows, lease.keys.upper);
  if (!bound) co_return std::nullopt;
  postgres::Parameters parameters{lease.cursor->front(), bound->front(), std::to_string(rows)};
  const std::optional<postgres::Rows> found = co_await look(session, std::move(parameters));
  most_rows_ = found ? most_rows_ + rows : std::max<std::int64_t>(1, rows / 2);
  if (!found) row_distance_ = 0;  // to be measured anew
  if (!found || found->integer(0, 1) == 0) co_return std::nullopt;
  reading_ = std::chrono::microseconds(found->integer(0, 2));
  co_return Slice{Key{found->string(0, 0)}, found->integer(0, 1), rows, false};
}

/// Empty: it took too long.
async::Task<std::optional<postgres::Rows>> ReadAhead::look(postgres::Session& session,
                                                           postgres::Parameters parameters) {
  std::vector<postgres::Command> commands;
  commands.push_back({sql::work_read_ahead_settings, {}});
  commands.push_back({job_.statements.rows_ahead(), std::move(parameters)});
  postgres::Pins pins = pins_of(job_, false, false);
  pins.statement_timeout = patience;
  try {
    std::vector<postgres::Rows> answers = co_await postgres::transact(session, std::move(pins), std::move(commands));
    co_return std::move(answers.back());
  } catch (const postgres::Failure& failure) {
    if (failure.failure_class() != FailureClass::slow) throw;
  }
  co_return std::nullopt;
}

void ReadAhead::changed(const std::optional<Key>& from, const Slice& slice, std::chrono::microseconds elapsed) {
  if (!scale_) return;
  if (reading_ > 0us) {
    pays_.measured(reading_, elapsed);
  } else {
    pays_.passed();
  }
  reading_ = 0us;
  if (!from || !slice.bound || slice.rows == 0) return;
  const auto distance = scale_->distance(from->front(), slice.bound->front());
  if (!distance) return;
  const double measured = *distance / static_cast<double>(slice.rows);
  row_distance_ = row_distance_ > 0 ? std::min(measured, row_distance_ * most_growth) : measured;
}

}  // namespace pgfill::work
