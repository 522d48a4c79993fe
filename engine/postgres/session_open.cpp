// How a session begins: without ever holding the executor up, also where looking a name up takes long.
#include <libpq-fe.h>

#include <boost/asio/this_coro.hpp>
#include <utility>

#include "async/background.h"
#include "postgres/session.h"
#include "sql/statements.h"

namespace pgfill::postgres {
namespace {

using async::Deadline;
using async::Task;

/// libpq keyword and value arrays: the settings, then what the engine insists on.
PGconn* start_connection(const ConnectionSettings& settings, const std::string& application_name) {
  std::vector<const char*> keywords;
  std::vector<const char*> values;
  const auto add = [&](const char* keyword, const std::string& value) {
    keywords.push_back(keyword);
    values.push_back(value.c_str());
  };
  if (!settings.conninfo.empty()) add("dbname", settings.conninfo);  // expanded by libpq, later keywords override
  for (const auto& [keyword, value] : settings.keywords) add(keyword.c_str(), value);
  const std::string seconds = "10";
  const std::string milliseconds = "20000";
  const std::string encoding = "UTF8";  // every value must outlive the call that libpq reads it in
  add("application_name", application_name);
  add("connect_timeout", seconds);
  add("tcp_user_timeout", milliseconds);
  add("keepalives_idle", seconds);
  add("client_encoding", encoding);
  keywords.push_back(nullptr);
  values.push_back(nullptr);
  return PQconnectStartParams(keywords.data(), values.data(), 1);
}

}  // namespace

/// A connection while libpq looks up names: it belongs to the thread then, which closes it when nobody waits any more.
struct Session::Attempt {
  PGconn* connection = nullptr;
  PostgresPollingStatusType status = PGRES_POLLING_WRITING;

  explicit Attempt(PGconn* begun) : connection(begun) {}
  ~Attempt() {
    if (connection != nullptr) PQfinish(connection);
  }
  Attempt(const Attempt&) = delete;
  Attempt& operator=(const Attempt&) = delete;
};

Task<std::unique_ptr<Session>> Session::open(ConnectionSettings settings, std::string application_name,
                                             Deadline deadline) {
  const auto executor = co_await boost::asio::this_coro::executor;
  std::unique_ptr<Session> session(new Session(executor, nullptr));
  const auto attempt = std::make_shared<Attempt>(nullptr);
  const auto start = [attempt, settings = std::move(settings), name = std::move(application_name)] {
    attempt->connection = start_connection(settings, name);
  };
  co_await session->look_up(attempt, start, deadline);
  if (session->connection_ == nullptr) session->broken("connecting: out of memory");
  if (PQstatus(session->connection_) == CONNECTION_BAD) session->broken("connecting");
  co_await session->connect(deadline);
  co_await session->find_pooler(deadline);
  co_return session;
}

Task<void> Session::look_up(std::shared_ptr<Attempt> attempt, std::function<void()> work, Deadline deadline) {
  const auto background = async::Background::start(std::move(work));
  const bool ended = co_await background->ended(deadline);
  if (!ended) throw Failure("", "no address of the server could be found within the time allowed");
  connection_ = std::exchange(attempt->connection, nullptr);
}

Task<void> Session::connect(Deadline deadline) {
  PostgresPollingStatusType status = PGRES_POLLING_WRITING;
  while (status != PGRES_POLLING_OK) {
    socket_.emplace(executor_, PQsocket(connection_));
    const bool writing = status == PGRES_POLLING_WRITING;
    co_await wait_for(writing ? SocketEvent::writable : SocketEvent::readable, deadline);
    // libpq may move on to another host, look its name up, and take another socket.
    socket_->release();
    socket_.reset();
    const auto attempt = std::make_shared<Attempt>(std::exchange(connection_, nullptr));
    const auto poll = [attempt] { attempt->status = PQconnectPoll(attempt->connection); };
    co_await look_up(attempt, poll, deadline);
    status = attempt->status;
    if (status == PGRES_POLLING_FAILED) broken("connecting");
  }
  socket_.emplace(executor_, PQsocket(connection_));
  if (PQsetnonblocking(connection_, 1) != 0) broken("connecting");
  PQsetNoticeReceiver(
      connection_, [](void*, const PGresult*) {}, nullptr);
}

/// A pooler tells its clients a process number of its own.
Task<void> Session::find_pooler(Deadline deadline) {
  const auto left = std::chrono::ceil<async::milliseconds>(deadline.at - async::Clock::now());
  const Rows rows = co_await query(sql::backend_pid, Parameters(), left);
  pooled_ = rows.integer(0, 0) != PQbackendPID(connection_);
}

}  // namespace pgfill::postgres
