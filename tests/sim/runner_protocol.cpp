// What a runner asks of the modelled server for itself: to be present, to live, to end, how the server is.
#include "sim/database.h"

namespace pgfill::sim {
namespace {

constexpr std::chrono::seconds runner_lease{9};

}  // namespace

bool Database::present(std::int64_t runner) const {
  const bool known = runner > 0 && runner <= static_cast<std::int64_t>(runners_.size());
  return known && !runners_[static_cast<std::size_t>(runner - 1)].ended;
}

void Database::write_runner(std::int64_t id, const RunnerRow& row) {
  const RunnerRow before = runners_[static_cast<std::size_t>(id - 1)];
  std::vector<std::function<void()>> undo;
  undo.push_back([this, id, before] { runners_[static_cast<std::size_t>(id - 1)] = before; });
  runners_[static_cast<std::size_t>(id - 1)] = row;
  remember(std::move(undo));
}

Task<Answer> Database::present_runner(ConnectionPtr connection) {
  Answer answer = co_await commit_alone(std::move(connection), Answer());
  for (const RunnerRow& row : runners_) {
    if (row.ended) continue;
    answer.runner = row;
    answer.runner.lease_runs = server_time() < row.seen_at + runner_lease;
    const ConnectionPtr& control = controls_[row.id];
    answer.runner.session_gone = (control->client_gone && !control->silent) || control->generation != generation_;
  }
  co_return answer;
}

Task<Answer> Database::begin_runner(ConnectionPtr connection, std::int64_t former, ConnectionPtr control) {
  Answer answer = co_await commit_alone(std::move(connection), Answer());
  std::int64_t now_present = 0;
  for (const RunnerRow& row : runners_) {
    if (!row.ended) now_present = row.id;
  }
  if (!answer.ok || now_present != former) co_return answer;
  RunnerRow row;
  if (former != 0) {
    row = runners_[static_cast<std::size_t>(former - 1)];
    row.ended = true;
    write_runner(former, row);
  }
  RunnerRow fresh;
  fresh.ended = true;  // so it is again when a failover takes its beginning back
  fresh.id = static_cast<std::int64_t>(runners_.size()) + 1;
  runners_.push_back(fresh);
  controls_[fresh.id] = std::move(control);
  fresh.ended = false;
  fresh.seen_at = server_time();
  write_runner(fresh.id, fresh);
  answer.number = fresh.id;
  co_return answer;
}

Task<Answer> Database::heartbeat(ConnectionPtr connection, std::int64_t runner) {
  Answer answer = co_await commit_alone(std::move(connection), Answer());
  if (!answer.ok || !present(runner)) co_return answer;
  RunnerRow row = runners_[static_cast<std::size_t>(runner - 1)];
  row.seen_at = server_time();
  write_runner(runner, row);
  answer.number = runner;
  co_return answer;
}

Task<Answer> Database::end_runner(ConnectionPtr connection, std::int64_t runner) {
  Answer answer = co_await commit_alone(std::move(connection), Answer());
  if (!answer.ok) co_return answer;
  answer.runner.ended = !present(runner);  // before
  if (present(runner)) {
    RunnerRow row = runners_[static_cast<std::size_t>(runner - 1)];
    row.ended = true;
    write_runner(runner, row);
  }
  answer.number = all_done() ? 1 : 0;
  if (const std::string row = check_rows(); all_done() && !row.empty()) violations_.push_back("done, but " + row);
  co_return answer;
}

Task<Answer> Database::sample(ConnectionPtr connection) {
  Answer answer = co_await commit_alone(std::move(connection), Answer());
  answer.lags = replicas_.seen();
  answer.sessions = sessions;
  co_return answer;
}

}  // namespace pgfill::sim
