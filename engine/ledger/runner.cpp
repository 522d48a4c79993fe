#include "ledger/runner.h"

#include "postgres/transaction.h"
#include "sql/statements.h"

namespace pgfill::ledger {

using async::Task;
using postgres::Command;
using postgres::Parameters;
using postgres::Rows;

Task<std::optional<PresentRunner>> present_runner(postgres::Session& session, std::int64_t job_id) {
  Parameters parameters{std::to_string(job_id)};
  const Rows rows = co_await session.query(sql::ledger_present_runner, std::move(parameters));
  if (rows.empty()) co_return std::nullopt;
  PresentRunner runner;
  runner.id = rows.integer(0, 0);
  runner.host = rows.string(0, 1);
  runner.pid = static_cast<int>(rows.integer(0, 2));
  runner.since = rows.string(0, 3);
  runner.seen_at = rows.string(0, 4);
  runner.lease_runs = rows.boolean(0, 5);
  runner.session_gone = rows.boolean(0, 6);
  runner.silent = std::chrono::milliseconds(rows.integer(0, 7));
  co_return runner;
}

Task<std::optional<std::int64_t>> begin_runner(postgres::Session& session, std::int64_t job_id, std::int64_t former,
                                               std::string host, int pid) {
  const std::string job = std::to_string(job_id);
  postgres::Pins pins;
  pins.lock_timeout = async::milliseconds(5'000);
  pins.synchronous_commit = true;
  std::vector<Command> commands = postgres::begin(pins);
  commands.push_back({sql::ledger_lock_job, Parameters{job}});
  commands.push_back(
      {sql::ledger_begin_runner, Parameters{job, host, std::to_string(pid), std::to_string(runner_lease.count()),
                                            std::to_string(session.backend_pid()), std::to_string(former)}});
  commands.push_back(postgres::commit());
  const std::vector<Rows> answers = co_await session.exchange(std::move(commands));
  const Rows& begun = answers[answers.size() - 2];
  if (begun.empty() || !postgres::committed(answers.back())) co_return std::nullopt;
  co_return begun.integer(0, 0);
}

Task<bool> heartbeat(postgres::Session& session, std::int64_t runner_id, std::string report) {
  Parameters parameters{std::to_string(runner_id), std::to_string(runner_lease.count()), std::move(report)};
  const Rows rows = co_await session.query(sql::ledger_heartbeat, std::move(parameters));
  co_return !rows.empty();
}

Task<void> end_runner(postgres::Session& session, std::int64_t runner_id, std::string state, std::string reason) {
  Parameters parameters{std::to_string(runner_id), std::move(state), std::move(reason)};
  co_await session.query(sql::ledger_end_runner, std::move(parameters));
}

}  // namespace pgfill::ledger
