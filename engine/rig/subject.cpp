#include "rig/subject.h"

#include <string>

#include "async/run_to_end.h"
#include "postgres/session.h"
#include "rig/statements.h"

namespace pgfill::rig {
namespace {

using async::Task;
using postgres::Parameters;
using postgres::Session;
using namespace std::chrono_literals;

constexpr async::milliseconds patience = 10min;

Task<std::unique_ptr<Session>> open(ConnectionSettings connection) {
  const auto deadline = async::Deadline::after(10s);
  co_return co_await Session::open(std::move(connection), "pgfill-demo", deadline);
}

Task<void> load_users(ConnectionSettings connection, std::int64_t rows) {
  const auto session = co_await open(std::move(connection));
  co_await session->script(std::string(sql::rig_users_create.text));
  Parameters count;
  count.emplace_back(std::to_string(rows));
  co_await session->query(sql::rig_users_load, std::move(count), patience);
  co_await session->query(sql::rig_users_index, Parameters(), patience);
  co_await session->query(sql::rig_users_vacuum, Parameters(), patience);
}

Task<void> load_subject(ConnectionSettings connection, std::int64_t rows, std::int64_t stride) {
  const auto session = co_await open(std::move(connection));
  co_await session->script(std::string(sql::rig_subject_create.text));
  Parameters parameters;
  parameters.emplace_back(std::to_string(rows));
  parameters.emplace_back(std::to_string(stride));
  co_await session->query(sql::rig_subject_load, std::move(parameters), patience);
  co_await session->query(sql::rig_subject_analyze, Parameters(), patience);
}

Task<void> install_audit(ConnectionSettings connection) {
  const auto session = co_await open(std::move(connection));
  co_await session->script(std::string(sql::rig_ledger_audit.text));
}

Task<std::int64_t> ask_table_bytes(ConnectionSettings connection, std::string table) {
  const auto session = co_await open(std::move(connection));
  Parameters parameters;
  parameters.emplace_back(std::move(table));
  const auto answer = co_await session->query(sql::rig_table_size, std::move(parameters));
  co_return answer.integer(0, 0);
}

}  // namespace

void create_users(const ConnectionSettings& connection, std::int64_t rows) {
  async::run_to_end(load_users(connection, rows));
}

Workload users_workload(std::int64_t rows) {
  return {rows,
          1,
          sql::rig_users_read,
          sql::rig_users_lock,
          sql::rig_users_log_change,
          sql::rig_users_change,
          sql::rig_users_insert,
          sql::rig_users_log_delete,
          sql::rig_users_delete};
}

void create_subject(const ConnectionSettings& connection, std::int64_t rows, std::int64_t stride) {
  async::run_to_end(load_subject(connection, rows, stride));
}

Workload subject_workload(std::int64_t rows, std::int64_t stride) {
  return {rows,
          stride,
          sql::rig_subject_read,
          sql::rig_subject_lock,
          sql::rig_subject_log_change,
          sql::rig_subject_change,
          sql::rig_subject_insert,
          sql::rig_subject_log_delete,
          sql::rig_subject_delete};
}

void audit_ledger(const ConnectionSettings& connection) {
  async::run_to_end(install_audit(connection));
}

std::int64_t table_bytes(const ConnectionSettings& connection, const std::string& table) {
  return async::run_to_end(ask_table_bytes(connection, table));
}

}  // namespace pgfill::rig
