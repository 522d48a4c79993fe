#include "ledger/server.h"

#include <unistd.h>

#include <array>
#include <cstdio>
#include <random>

#include "ledger/statements.h"
#include "postgres/transaction.h"

namespace pgfill::ledger {

using async::Task;
using postgres::Parameters;
using postgres::Rows;

namespace {

bool is_loopback(const std::string& address) {
  return address.starts_with("127.") || address == "::1";
}

}  // namespace

std::string host_name() {
  std::array<char, 256> name{};
  if (gethostname(name.data(), name.size() - 1) != 0) return "unknown";
  return name.data();
}

Task<Server> read_server(postgres::Session& session) {
  const Rows rows = co_await session.query(sql::ledger_server_identity);
  Server server;
  const postgres::Row row = rows.front();
  server.cluster = row.string("cluster");
  server.database = row.string("database");
  server.timeline = static_cast<int>(row.integer("timeline"));
  std::string host = row.string("host");
  if (host.empty() || is_loopback(host)) host = host_name();
  server.address = host + ":" + row.string("port");
  server.deadlock_timeout = std::chrono::milliseconds(row.integer("deadlock_timeout"));
  co_return server;
}

Task<void> add_server(postgres::Session& session, std::int64_t job_id, std::string identity, std::string mark) {
  Parameters parameters{std::to_string(job_id), std::move(identity), std::move(mark)};
  // A server that was promoted may have to wait for standbys that it does not have yet.
  postgres::Pins pins;
  pins.durability = postgres::Durability::local;
  postgres::Command command{sql::ledger_add_server, std::move(parameters)};
  co_await postgres::transact(session, std::move(pins), std::move(command));
}

std::string new_mark() {
  std::random_device random;
  std::array<char, 33> text{};
  std::snprintf(text.data(), text.size(), "%08x%08x%08x%08x", random(), random(), random(), random());
  return text.data();
}

Task<bool> knows_mark(postgres::Session& session, std::int64_t job_id, std::string mark) {
  Parameters parameters{std::to_string(job_id), std::move(mark)};
  const Rows rows = co_await session.query(sql::ledger_knows_branch, std::move(parameters));
  co_return rows.front().boolean("known");
}

}  // namespace pgfill::ledger
