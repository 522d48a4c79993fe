#include "support/database.h"

#include <boost/asio/co_spawn.hpp>
#include <exception>

namespace pgfill::tests {
namespace {

using namespace std::chrono_literals;

constexpr auto timeout = std::chrono::milliseconds{120s};

/// Runs one task to its end on the context and hands its failure to the caller.
void run(boost::asio::io_context& io, async::Task<void> task) {
  std::exception_ptr failure;
  auto ended = [&failure](std::exception_ptr thrown) { failure = thrown; };
  boost::asio::co_spawn(io, std::move(task), std::move(ended));
  io.restart();
  io.run();
  if (failure) std::rethrow_exception(failure);
}

async::Task<void> open(std::unique_ptr<postgres::Session>& session, std::string conninfo, std::string name) {
  ConnectionSettings settings;
  settings.conninfo = conninfo;
  session = co_await postgres::Session::open(std::move(settings), name, async::Deadline::after(10s));
}

async::Task<void> ask(postgres::Session& session, std::string sql, postgres::Parameters parameters,
                      std::optional<postgres::Rows>& answer) {
  sql::Statement statement{"", sql};
  answer = co_await session.query(statement, std::move(parameters), timeout);
}

}  // namespace

Database::Database(const std::string& conninfo, const std::string& application_name) {
  run(io_, open(session_, conninfo, application_name));
}

Database::~Database() = default;

void Database::execute(const std::string& sql) {
  run(io_, session_->script(sql, timeout));
}

postgres::Rows Database::rows(const std::string& sql, postgres::Parameters parameters) {
  std::optional<postgres::Rows> answer;
  run(io_, ask(*session_, sql, std::move(parameters), answer));
  return std::move(*answer);
}

std::string Database::value(const std::string& sql) {
  auto answer = rows(sql);
  if (answer.empty()) return "";
  return answer.optional_text(0, 0).value_or("NULL");
}

std::int64_t Database::integer(const std::string& sql) {
  return rows(sql).integer(0, 0);
}

}  // namespace pgfill::tests
