#include "postgres/transaction.h"

#include <iterator>

#include "postgres/statements.h"

namespace pgfill::postgres {
namespace {

std::optional<std::string> list_or_null(const std::vector<std::string>& settings) {
  if (settings.empty()) return std::nullopt;
  return array_literal(settings);
}

}  // namespace

async::Task<void> pin(Session& session) {
  if (!session.pooled()) co_await session.query(sql::postgres_pin_session);
}

std::vector<Command> begin(const Pins& pins) {
  Parameters settings{pins.search_path, std::to_string(pins.statement_timeout.count()),
                      std::to_string(pins.lock_timeout.count()), std::nullopt};
  if (pins.durability == Durability::none) settings.back() = "off";
  if (pins.durability == Durability::local) settings.back() = "local";
  settings.push_back(list_or_null(pins.settings));
  std::vector<Command> commands;
  const sql::Statement& writing = pins.one_snapshot ? sql::postgres_begin_one_snapshot : sql::postgres_begin_batch;
  commands.push_back({pins.read_only ? sql::postgres_begin_reading : writing, {}});
  commands.push_back({sql::postgres_pin_settings, std::move(settings)});
  return commands;
}

Command use_settings(const std::vector<std::string>& settings) {
  return {sql::postgres_session_settings, Parameters(1, list_or_null(settings)), Evaluates::everything};
}

Command commit() {
  return {sql::postgres_commit, {}, Evaluates::everything};  // triggers that are deferred to it
}

Command rollback() {
  return {sql::postgres_rollback, {}};
}

void require_commit(const Rows& answer) {
  if (answer.tag() != "COMMIT")
    throw Failure(Condition::transaction_rollback, "the server answered COMMIT by rolling back");
}

async::Task<std::vector<Rows>> transact(Session& session, Pins pins, std::vector<Command> commands,
                                        async::milliseconds timeout) {
  std::vector<Command> all = begin(pins);
  const auto before = static_cast<std::ptrdiff_t>(all.size());
  all.insert(all.end(), std::make_move_iterator(commands.begin()), std::make_move_iterator(commands.end()));
  all.push_back(commit());
  std::vector<Rows> answers = co_await session.exchange(std::move(all), timeout);
  require_commit(answers.back());
  answers.pop_back();
  answers.erase(answers.begin(), answers.begin() + before);
  co_return answers;
}

async::Task<Rows> transact(Session& session, Pins pins, Command command, async::milliseconds timeout) {
  std::vector<Command> commands;
  commands.push_back(std::move(command));
  std::vector<Rows> answers = co_await transact(session, std::move(pins), std::move(commands), timeout);
  co_return std::move(answers.front());
}

}  // namespace pgfill::postgres
