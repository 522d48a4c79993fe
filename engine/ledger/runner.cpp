#include "ledger/runner.h"

#include <cassert>

#include "ledger/statements.h"
#include "postgres/transaction.h"

namespace pgfill::ledger {

using async::Task;
using postgres::Command;
using postgres::Parameters;
using postgres::Rows;

namespace {

/// Small questions; no answer within this time is an outage.
constexpr async::milliseconds answer_time{5'000};
/// What is noted of a runner may be lost with the server: nothing waits for the disk or a standby.
const postgres::Pins pins;
/// For what must wait until a batch of the former runner has ended.
const postgres::Pins patient{async::milliseconds(10'000), async::milliseconds(5'000)};

}  // namespace

Task<std::optional<PresentRunner>> present_runner(postgres::Session& session, std::int64_t job_id) {
  Parameters parameters{std::to_string(job_id)};
  const Rows rows = co_await session.query(sql::ledger_present_runner, std::move(parameters));
  if (rows.empty()) co_return std::nullopt;
  const postgres::Row row = rows.front();
  PresentRunner runner;
  runner.id = row.integer("id");
  runner.host = row.string("host");
  runner.pid = static_cast<int>(row.integer("pid"));
  runner.since = row.string("since");
  runner.seen_at = row.string("seen_at");
  runner.lease_runs = row.boolean("lease_runs");
  runner.session_gone = row.boolean("session_gone");
  runner.silent = std::chrono::milliseconds(row.integer("silent_ms"));
  co_return runner;
}

Task<std::optional<std::int64_t>> begin_runner(postgres::Session& session, std::int64_t job_id, std::int64_t former,
                                               std::string host, int pid, std::string mark) {
  const std::string job = std::to_string(job_id);
  postgres::Pins durable = patient;
  durable.durability = postgres::Durability::configured;
  std::vector<Command> commands;
  commands.push_back({sql::ledger_lock_job, Parameters{job}});
  commands.push_back({sql::ledger_begin_runner,
                      Parameters{job, host, std::to_string(pid), std::to_string(runner_lease.count()),
                                 std::to_string(session.backend_pid()), std::to_string(former), std::move(mark)}});
  const std::vector<Rows> answers = co_await postgres::transact(session, std::move(durable), std::move(commands));
  if (answers[1].empty()) co_return std::nullopt;
  co_return answers[1].front().integer("id");
}

Task<bool> heartbeat(postgres::Session& session, std::int64_t runner_id, std::string report) {
  Parameters parameters{std::to_string(runner_id), std::to_string(runner_lease.count()), std::move(report),
                        std::to_string(session.backend_pid())};
  Command command{sql::ledger_heartbeat, std::move(parameters)};
  const Rows rows = co_await postgres::transact(session, pins, std::move(command), answer_time);
  co_return !rows.empty();
}

Task<void> end_runner(postgres::Session& session, std::int64_t runner_id, JobState state, std::string reason) {
  assert(is_kept(state) && "a run ends in a state that the ledger keeps");
  Parameters parameters{std::to_string(runner_id), std::string(name_of(state)), std::move(reason)};
  Command command{sql::ledger_end_runner, std::move(parameters)};
  co_await postgres::transact(session, patient, std::move(command));
}

}  // namespace pgfill::ledger
