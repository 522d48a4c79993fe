#include "ledger/wish.h"

#include <nlohmann/json.hpp>

#include "ledger/statements.h"
#include "postgres/transaction.h"

namespace pgfill::ledger {

using async::Task;
using postgres::Parameters;
using postgres::Rows;

Task<Wish> read_wish(postgres::Session& session, std::int64_t job_id) {
  Parameters parameters{std::to_string(job_id)};
  const Rows rows = co_await session.query(sql::ledger_wish, std::move(parameters));
  Wish wish;
  if (rows.empty()) co_return wish;
  wish.version = rows.integer(0, 0);
  wish.paused = rows.boolean(0, 1);
  wish.cancelled = rows.boolean(0, 2);
  wish.reason = rows.string(0, 3);
  wish.by = rows.string(0, 4);
  const auto settings = nlohmann::json::parse(rows.text(0, 5), nullptr, false);
  for (const auto& [key, value] : settings.items()) {
    wish.settings.emplace_back(key, value.is_string() ? value.get<std::string>() : value.dump());
  }
  co_return wish;
}

Task<void> obey(postgres::Session& session, std::int64_t runner_id, std::int64_t version) {
  const postgres::Pins pins;
  postgres::Command command{sql::ledger_obey, Parameters{std::to_string(runner_id), std::to_string(version)}};
  co_await postgres::transact(session, pins, std::move(command));
}

Task<std::optional<Steering>> steering(postgres::Session& session, std::string job) {
  Parameters parameters{std::move(job)};
  const Rows rows = co_await session.query(sql::ledger_steering, std::move(parameters));
  if (rows.empty()) co_return std::nullopt;
  Steering steering;
  steering.wish.version = rows.integer(0, 0);
  steering.wish.paused = rows.boolean(0, 1);
  steering.wish.cancelled = rows.boolean(0, 2);
  steering.wish.by = rows.string(0, 3);
  steering.obeyed_version = rows.integer(0, 4);
  steering.host = rows.string(0, 5);
  steering.pid = static_cast<int>(rows.integer(0, 6));
  steering.seen = std::chrono::milliseconds(rows.integer(0, 7));
  steering.alive = rows.boolean(0, 8);
  steering.job_state = rows.string(0, 9);
  steering.batches = rows.integer(0, 10);
  co_return steering;
}

Task<std::string> steer(postgres::Session& session, sql::Statement function, Parameters parameters) {
  // A standby that is missing is a reason to pause, and nothing that a pause may wait for.
  const postgres::Pins patient{async::milliseconds(10'000), async::milliseconds(5'000), postgres::Durability::local};
  postgres::Command command{function, std::move(parameters)};
  const Rows rows = co_await postgres::transact(session, patient, std::move(command));
  co_return rows.string(0, 0);
}

Task<std::vector<std::string>> open_jobs(postgres::Session& session) {
  const Rows rows = co_await session.query(sql::ledger_open_jobs);
  std::vector<std::string> names;
  for (int row = 0; row < rows.size(); ++row) names.push_back(rows.string(row, 0));
  co_return names;
}

}  // namespace pgfill::ledger
