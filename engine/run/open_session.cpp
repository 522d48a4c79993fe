#include "run/open_session.h"

#include <algorithm>

#include "postgres/session_name.h"
#include "postgres/transaction.h"

namespace pgfill::run {

async::Task<std::unique_ptr<postgres::Session>> open_session(ConnectionSettings connection, std::string job,
                                                             std::string role, std::chrono::seconds patience) {
  const bool chosen = connection.conninfo.find("target_session_attrs") != std::string::npos ||
                      std::any_of(connection.keywords.begin(), connection.keywords.end(),
                                  [](const auto& pair) { return pair.first == "target_session_attrs"; });
  if (!chosen) connection.keywords.emplace_back("target_session_attrs", "primary");
  const std::string name = postgres::sessions_of(job) + role;
  const async::Deadline deadline = async::Deadline::after(patience);
  auto session = co_await postgres::Session::open(std::move(connection), name, deadline);
  co_await postgres::pin(*session);
  co_return session;
}

}  // namespace pgfill::run
