// How a session begins: without ever holding the executor up, also where looking a name up takes long.
#include <libpq-fe.h>

#include <algorithm>
#include <boost/asio/this_coro.hpp>
#include <cstdlib>
#include <memory>
#include <utility>

#include "async/background.h"
#include "postgres/encryption.h"
#include "postgres/session.h"
#include "postgres/statements.h"

namespace pgfill::postgres {
namespace {

using async::Deadline;
using async::Task;

/// libpq's keyword and value arrays. What it is given must live until the call that reads them.
class Options {
 public:
  explicit Options(const ConnectionSettings& settings) {
    if (!settings.conninfo.empty()) add("dbname", settings.conninfo);  // expanded by libpq, later keywords override
    for (const auto& [keyword, value] : settings.keywords) add(keyword.c_str(), value);
  }
  void add(const char* keyword, const std::string& value) {
    keywords_.push_back(keyword);
    values_.push_back(value.c_str());
  }
  PGconn* start() {
    keywords_.push_back(nullptr);
    values_.push_back(nullptr);
    return PQconnectStartParams(keywords_.data(), values_.data(), 1);
  }

 private:
  std::vector<const char*> keywords_;
  std::vector<const char*> values_;
};

/// What libpq makes of the settings, the environment and the service file together.
OptionValues effective_options(const ConnectionSettings& settings) {
  Options options(settings);
  const std::string nothing = "none of libpq's";
  options.add("channel_binding", nothing);  // refused when all options are known, before anything is looked up
  const std::unique_ptr<PGconn, void (*)(PGconn*)> connection(options.start(), &PQfinish);
  const std::unique_ptr<PQconninfoOption, void (*)(PQconninfoOption*)> all(PQconninfo(connection.get()),
                                                                           &PQconninfoFree);
  OptionValues values;
  for (const PQconninfoOption* option = all.get(); option != nullptr && option->keyword != nullptr; ++option) {
    if (option->val != nullptr) values.emplace(option->keyword, option->val);
  }
  return values;
}

bool chooses_encryption(const ConnectionSettings& settings) {
  const char* environment = std::getenv("PGSSLMODE");
  return (environment != nullptr && *environment != '\0') || settings.conninfo.find("sslmode") != std::string::npos ||
         std::any_of(settings.keywords.begin(), settings.keywords.end(),
                     [](const auto& keyword) { return keyword.first == "sslmode"; });
}

/// The settings, then what the engine insists on.
PGconn* start_connection(const ConnectionSettings& settings, const std::string& application_name) {
  Options options(settings);
  const std::string seconds = "10";
  const std::string milliseconds = "20000";
  const std::string encoding = "UTF8";
  const std::string verified = "verify-full";
  if (must_verify(effective_options(settings), chooses_encryption(settings))) options.add("sslmode", verified);
  options.add("application_name", application_name);
  options.add("connect_timeout", seconds);
  options.add("tcp_user_timeout", milliseconds);
  options.add("keepalives_idle", seconds);
  options.add("client_encoding", encoding);
  return options.start();
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
  const Rows rows = co_await query(sql::postgres_backend_pid, Parameters(), left);
  pooled_ = rows.integer(0, 0) != PQbackendPID(connection_);
}

}  // namespace pgfill::postgres
