#include "work/own_sessions.h"

#include "sql/statement_builder.h"
#include "work/statements.h"

namespace pgfill::work {

using async::Task;
using postgres::Parameters;
using postgres::Rows;

Task<void> cancel_sessions(postgres::Session& session, std::vector<std::string> names, async::milliseconds timeout) {
  Parameters parameters{postgres::array_literal(names)};
  co_await session.query(sql::work_cancel_sessions, std::move(parameters), timeout);
}

Task<void> cancel_backends(postgres::Session& session, std::vector<int> pids, std::string names_begin) {
  std::vector<std::string> list;
  for (const int pid : pids) list.push_back(std::to_string(pid));
  Parameters parameters{postgres::array_literal(list), std::move(names_begin)};
  co_await session.query(sql::work_cancel_backends, std::move(parameters));
}

Task<void> end_backend(postgres::Session& session, int pid) {
  Parameters parameters{std::to_string(pid)};
  co_await session.query(sql::work_end_backend, std::move(parameters));
}

Task<std::optional<std::string>> prepare_vacuum(postgres::Session& session, std::uint32_t table_oid) {
  Parameters parameters{std::to_string(table_oid)};
  const Rows rows = co_await session.query(sql::work_before_vacuum, std::move(parameters));
  if (rows.empty() || !rows.front().boolean("allowed")) co_return std::nullopt;
  co_return rows.front().string("name");
}

Task<void> vacuum(postgres::Session& session, std::string table, async::milliseconds patience) {
  const sql::BuiltStatement statement = sql::vacuum_table(table);
  co_await session.query(statement, Parameters(), patience);
}

}  // namespace pgfill::work
