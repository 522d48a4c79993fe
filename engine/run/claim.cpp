#include "run/claim.h"

#include <unistd.h>

#include "async/clock.h"
#include "ledger/runner.h"
#include "ledger/server.h"

namespace pgfill::run {
namespace {

using async::Task;
using ledger::PresentRunner;

constexpr std::chrono::milliseconds look_again{100};

Error owned(const std::string& job, const PresentRunner& runner) {
  Error error;
  error.code = ErrorCode::job_owned;
  error.message = "job " + job + " is being run by pid " + std::to_string(runner.pid) + " on " + runner.host +
                  " since " + runner.since + " (last heartbeat " + std::to_string(runner.silent.count()) + " ms ago)";
  error.state = "nothing changed by this call; the other runner goes on";
  error.hint = "watch it with pgfill status " + job + " -w, or add --takeover to stop it and go on here";
  return error;
}

}  // namespace

Task<Result<Claim>> claim_job(postgres::Session& session, std::int64_t job_id, std::string job, bool takeover) {
  std::string first_heartbeat;
  const std::string mark = ledger::new_mark();
  for (;;) {
    const std::optional<PresentRunner> present = co_await ledger::present_runner(session, job_id);
    if (present && !present->dead() && !takeover) {
      if (first_heartbeat.empty()) first_heartbeat = present->seen_at;
      if (present->seen_at != first_heartbeat) co_return owned(job, *present);
      co_await async::sleep_for(look_again);
      continue;
    }
    const std::int64_t former = present ? present->id : 0;
    const auto begun = co_await ledger::begin_runner(session, job_id, former, ledger::host_name(), getpid(), mark);
    if (!begun) continue;  // somebody was faster: look who
    Claim claim;
    claim.runner_id = *begun;
    claim.mark = mark;
    if (present && present->dead()) {
      claim.crashed_host = present->host;
      claim.crashed_pid = present->pid;
    }
    co_return claim;
  }
}

}  // namespace pgfill::run
