#include "run/vacuum.h"

#include <algorithm>

#include "postgres/session_name.h"
#include "work/own_sessions.h"

namespace pgfill::run {
namespace {

using async::Task;
using namespace std::chrono_literals;

constexpr async::milliseconds look_interval{250};
/// Shares of the growth budget: how much more for the next VACUUM, and from where on the job waits for it.
constexpr double once_more_after = 0.1;
constexpr double wait_from = 0.8;
/// Rows that have gone, as a share of the table; fewer are not worth reading its indexes.
constexpr double worth_of_table = 0.1;
constexpr double least_worth = 10'000;
constexpr async::milliseconds pause_after_failure{30'000};
/// VACUUM takes as long as it takes.
constexpr async::milliseconds patience = 24h;
constexpr const char* role = "vacuum";

}  // namespace

std::string Vacuum::session_name() const {
  return postgres::sessions_of(job_.job) + role;
}

std::int64_t Vacuum::rows_gone() const {
  return job_.rows_stay ? 0 : meter_.progress(async::Clock::now(), 0).rows_changed_now;
}

std::optional<Vacuum::Due> Vacuum::due() const {
  const std::optional<double> used = pressure_.growth_used();
  if (used && *used >= growth_due_at_) return Due{*used, 0};
  const std::int64_t gone = rows_gone() - gone_before_;
  const double worth = std::max(least_worth, worth_of_table * static_cast<double>(job_.estimated_rows));
  if (static_cast<double>(gone) >= worth) return Due{used.value_or(0), gone};
  return std::nullopt;
}

Task<void> Vacuum::keep_room() {
  for (;;) {
    co_await async::sleep_for(look_interval);
    if (ending_) co_return;
    const std::optional<Due> due = this->due();
    if (!due) continue;
    std::string failed;
    try {
      const bool allowed = co_await vacuum(*due);
      if (!allowed) co_return;
      growth_due_at_ = std::max(growth_due_at_, due->growth + once_more_after);
    } catch (const postgres::Failure& failure) {
      failed = failure.what();
    }
    running_ = false;
    gate_.open(WaitReason::Kind::vacuum);
    if (failed.empty()) continue;
    cannot(*due, "VACUUM failed: " + failed);
    co_await async::sleep_for(pause_after_failure);
  }
}

Task<void> Vacuum::at_the_end() {
  ending_ = true;
  if (job_.rows_stay || rows_gone() == 0) co_return;
  while (running_) co_await async::sleep_for(look_interval);
  const Due due{0, std::max<std::int64_t>(rows_gone() - gone_before_, 1)};
  std::string failed;
  try {
    co_await vacuum(due);
  } catch (const postgres::Failure& failure) {
    failed = failure.what();
  }
  running_ = false;
  if (!failed.empty()) cannot(due, "it failed: " + failed);
}

/// Nobody holds the growth back, or the last VACUUM is left to a person.
void Vacuum::cannot(const Due& due, const std::string& why) {
  if (due.rows == 0) {
    events_.emit(event::NotWatched{"the growth is not held back by VACUUM: " + why});
  } else {
    advice_ = "VACUUM " + job_.table.name + ", which makes the room of the deleted rows usable again (" + why + ")";
    events_.emit(event::NotWatched{"the room of deleted rows is not made usable again: " + why});
  }
}

/// False: this role may not.
Task<bool> Vacuum::vacuum(Due due) {
  const async::TimePoint begun = async::Clock::now();
  const auto session = co_await sessions_.open(role);
  if (session->pooled()) {
    cannot(due, "it would have to go through the pooler");
    co_return false;
  }
  const std::optional<std::string> name = co_await work::prepare_vacuum(*session, job_.table.oid);
  if (!name) {
    cannot(due, "only the owner of the table may vacuum it");
    co_return false;
  }
  if (due.growth >= wait_from) {
    gate_.close({WaitReason::Kind::vacuum, "the growth of the table nears its limit: waiting for VACUUM " + *name});
  }
  running_ = true;
  gone_before_ = std::max(gone_before_, rows_gone());
  co_await work::vacuum(*session, *name, patience);
  const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(async::Clock::now() - begun);
  events_.emit(event::Vacuumed{due.growth, due.rows, took});
  advice_.clear();
  co_return true;
}

Task<void> Vacuum::end(postgres::Session& session) {
  if (!running_) co_return;
  std::vector<std::string> names{session_name()};
  co_await work::cancel_sessions(session, std::move(names));
  running_ = false;
  gate_.open(WaitReason::Kind::vacuum);
}

}  // namespace pgfill::run
