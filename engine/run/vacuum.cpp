#include "run/vacuum.h"

#include "postgres/session_name.h"
#include "work/own_sessions.h"

namespace pgfill::run {
namespace {

using async::Task;
using namespace std::chrono_literals;

constexpr async::milliseconds look_interval{250};
/// Shares of the growth budget: where the first VACUUM is due, how much more for the next one, and from where on the
/// job waits for it.
constexpr double first_at = 0.5;
constexpr double once_more_after = 0.1;
constexpr double wait_from = 0.8;
constexpr async::milliseconds pause_after_failure{30'000};
/// VACUUM takes as long as it takes.
constexpr async::milliseconds patience = 24h;
constexpr const char* role = "vacuum";

}  // namespace

Task<void> Vacuum::keep_room() {
  double due_at = first_at;
  for (;;) {
    co_await async::sleep_for(look_interval);
    const std::optional<double> used = pressure_.growth_used();
    if (!used || *used < due_at) continue;
    std::string failed;
    try {
      if (!co_await vacuum(*used)) co_return;
      due_at = *used + once_more_after;
    } catch (const postgres::Failure& failure) {
      failed = failure.what();
    }
    running_ = false;
    gate_.open(WaitReason::Kind::vacuum);
    if (failed.empty()) continue;
    events_.emit(event::NotWatched{"the growth is not held back: VACUUM failed: " + failed});
    co_await async::sleep_for(pause_after_failure);
  }
}

/// False: this role may not.
Task<bool> Vacuum::vacuum(double used) {
  const async::TimePoint begun = async::Clock::now();
  const auto session = co_await sessions_.open(role);
  if (session->pooled()) {
    events_.emit(event::NotWatched{"the growth is not held back by VACUUM: it would have to go through the pooler"});
    co_return false;
  }
  const std::optional<std::string> name = co_await work::prepare_vacuum(*session, job_.table.oid);
  if (!name) {
    events_.emit(event::NotWatched{"the growth is not held back by VACUUM: only the owner of the table may vacuum it"});
    co_return false;
  }
  if (used >= wait_from) {
    gate_.close({WaitReason::Kind::vacuum, "the growth of the table nears its limit: waiting for VACUUM " + *name});
  }
  running_ = true;
  co_await work::vacuum(*session, *name, patience);
  const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(async::Clock::now() - begun);
  events_.emit(event::Vacuumed{used, took});
  co_return true;
}

Task<void> Vacuum::end(postgres::Session& session) {
  if (!running_) co_return;
  std::vector<std::string> names{postgres::sessions_of(job_.job) + role};
  co_await work::cancel_sessions(session, std::move(names));
  running_ = false;
  gate_.open(WaitReason::Kind::vacuum);
}

}  // namespace pgfill::run
