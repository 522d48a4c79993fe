#include "postgres/session.h"

#include <libpq-fe.h>
#include <sys/socket.h>

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>
#include <cstdlib>
#include <memory>

#include "postgres/sqlstate.h"

namespace pgfill::postgres {
namespace {

using async::Deadline;
using async::Task;

std::string trimmed(const char* text) {
  std::string trimmed = text == nullptr ? "" : text;
  while (!trimmed.empty() && (trimmed.back() == '\n' || trimmed.back() == ' ')) trimmed.pop_back();
  return trimmed;
}

/// What a trigger raises may be of any length; nobody reads more than this.
constexpr std::size_t longest_text = 2'000;

std::string field(const PGresult* result, int code) {
  return shortened(trimmed(PQresultErrorField(result, code)), longest_text);
}

/// Nothing follows an error of this severity.
bool ends_session(const PGresult* result) {
  const std::string severity = field(result, PG_DIAG_SEVERITY_NONLOCALIZED);
  return severity == "FATAL" || severity == "PANIC";
}

/// Where the server tells of a statement inside the one that was sent. Its text stands there whatever language the
/// server speaks.
bool quotes(const PGresult* result, const std::string& statement) {
  for (const int code : {PG_DIAG_CONTEXT, PG_DIAG_INTERNAL_QUERY}) {
    const char* const text = PQresultErrorField(result, code);
    if (text != nullptr && std::string_view(text).find(statement) != std::string_view::npos) return true;
  }
  return false;
}

bool is_of_job(const PGresult* result, const Command& command) {
  const bool last_two = command.evaluates == Evaluates::last_two_parameters;
  if (!last_two && command.evaluates != Evaluates::last_parameter) return command.evaluates == Evaluates::everything;
  const Parameters& parameters = command.parameters;
  if (last_two && parameters.size() > 1 && parameters[parameters.size() - 2] &&
      quotes(result, *parameters[parameters.size() - 2]))
    return true;
  // What is put off to the commit may be brought forward: pgfill.rows_inserted() does, to count it.
  return quotes(result, parameters.back().value_or("")) || quotes(result, "SET CONSTRAINTS ALL IMMEDIATE");
}

/// Where the procedural languages, dblink and postgres_fdw raise what a function wants to be raised.
bool is_raised_by_function(std::string_view source_file) {
  const std::string_view file = source_file.substr(source_file.find_last_of('/') + 1);
  for (const std::string_view raising : {"pl_exec.c", "plpy_elog.c", "plperl.c", "pltcl.c", "dblink.c", "connection.c"})
    if (file == raising) return true;
  return false;
}

Failure failure_of(const PGresult* result) {
  std::string message = field(result, PG_DIAG_MESSAGE_PRIMARY);
  if (message.empty()) message = trimmed(PQresultErrorMessage(result));
  Failure failure(field(result, PG_DIAG_SQLSTATE), message, field(result, PG_DIAG_MESSAGE_DETAIL),
                  field(result, PG_DIAG_MESSAGE_HINT));
  failure.position = std::atoi(field(result, PG_DIAG_STATEMENT_POSITION).c_str());
  failure.by_function = is_raised_by_function(field(result, PG_DIAG_SOURCE_FILE));
  return failure;
}

/// The last that was heard in a session.
Failure last_words(const Failure& failure) {
  return {state_at_end(failure.sqlstate()), failure.what(), failure.detail(), failure.hint()};
}

bool is_error(const PGresult* result) {
  const ExecStatusType status = PQresultStatus(result);
  return status == PGRES_FATAL_ERROR || status == PGRES_BAD_RESPONSE || status == PGRES_PIPELINE_ABORTED;
}

}  // namespace

Session::Session(boost::asio::any_io_executor executor, PGconn* connection)
    : executor_(std::move(executor)), connection_(connection) {}

Session::~Session() {
  close();
}

void Session::close() {
  // The descriptor belongs to libpq: give it up before libpq closes it.
  if (socket_) socket_->release();
  socket_.reset();
  if (connection_ != nullptr) PQfinish(connection_);
  connection_ = nullptr;
}

void Session::cut() {
  if (connection_ != nullptr && PQsocket(connection_) >= 0) ::shutdown(PQsocket(connection_), SHUT_RDWR);
}

void Session::broken(const std::string& doing) {
  std::string reason = connection_ == nullptr ? "" : trimmed(PQerrorMessage(connection_));
  close();
  throw Failure("", reason.empty() ? "connection lost while " + doing : reason);
}

/// What a wait for the socket ended by. Shared with handlers that may run after the wait has returned; they find
/// `socket` null then and do nothing.
struct Session::Wait {
  boost::asio::posix::stream_descriptor* socket;
  bool expired = false;
  bool readable = false;

  void interrupt(bool& reason) {
    if (socket == nullptr) return;
    reason = true;
    socket->cancel();
  }
};

Task<void> Session::wait_for(SocketEvent event, Deadline deadline) {
  const auto wait = std::make_shared<Wait>(Wait{&*socket_});
  boost::asio::steady_timer timer(executor_, deadline.at);
  timer.async_wait([wait](boost::system::error_code error) {
    if (!error) wait->interrupt(wait->expired);
  });
  auto direction = boost::asio::posix::stream_descriptor::wait_read;
  if (event != SocketEvent::readable) direction = boost::asio::posix::stream_descriptor::wait_write;
  if (event == SocketEvent::either) {
    socket_->async_wait(boost::asio::posix::stream_descriptor::wait_read, [wait](boost::system::error_code error) {
      if (!error) wait->interrupt(wait->readable);
    });
  }
  boost::system::error_code error;
  co_await socket_->async_wait(direction, boost::asio::redirect_error(boost::asio::use_awaitable, error));
  if (event == SocketEvent::either && !error) socket_->cancel();  // the read wait that was started beside it
  wait->socket = nullptr;
  if (wait->expired) {
    close();
    throw Failure("", "no answer from the server within the time allowed");
  }
  if (wait->readable) co_return;
  if (error == boost::asio::error::operation_aborted) {
    close();  // a half-finished exchange leaves the connection useless
    throw boost::system::system_error(error);
  }
  if (error) broken("waiting for an answer");
}

Task<void> Session::flush(Deadline deadline) {
  for (;;) {
    const int left = PQflush(connection_);
    if (left == 0) co_return;
    if (left < 0) broken("sending");
    // While the server's answers fill our side it may not read: take them in, or both sides would wait.
    co_await wait_for(SocketEvent::either, deadline);
    if (PQconsumeInput(connection_) == 0) broken("sending");
  }
}

Task<Session::ResultPointer> Session::next_result(Deadline deadline) {
  while (PQisBusy(connection_) != 0) {
    co_await wait_for(SocketEvent::readable, deadline);
    if (PQconsumeInput(connection_) == 0) broken("waiting for an answer");
  }
  ResultPointer result(PQgetResult(connection_), &PQclear);
  co_return result;
}

void Session::send(const std::vector<Command>& commands, std::size_t number, std::vector<Expected>& expected) {
  const Command& command = commands[number];
  std::vector<const char*> values;
  values.reserve(command.parameters.size());
  for (const Parameter& parameter : command.parameters) {
    values.push_back(parameter ? parameter->c_str() : nullptr);
  }
  const std::string name(command.statement.name);
  const std::string text(command.statement.text);
  const int count = static_cast<int>(values.size());
  if (pooled_ || name.empty()) {
    expected.push_back({number});
    if (PQsendQueryParams(connection_, text.c_str(), count, nullptr, values.data(), nullptr, nullptr, 0) == 0) {
      broken("sending");
    }
    return;
  }
  prepare(name, text, number, expected);
  expected.push_back({number});
  if (PQsendQueryPrepared(connection_, name.c_str(), count, values.data(), nullptr, nullptr, 0) == 0) {
    broken("sending");
  }
}

Task<void> Session::collect(const std::vector<Command>& commands, const std::vector<Expected>& expected,
                            Collected& collected, Deadline deadline) {
  bool has_former = false;
  for (const Expected& one : expected) {
    ResultPointer result = co_await next_result(deadline);
    if (!result) broken("waiting for an answer");
    if (is_error(result.get())) {
      note_failed(one, has_former);
      has_former = one.step == Expected::Step::forget;
      if (!collected.failure) {
        collected.failure = failure_of(result.get());
        collected.failure->of_job = is_of_job(result.get(), commands[one.command]);
      }
    } else if (one.step == Expected::Step::execute) {
      collected.rows.emplace_back(result.release());
    }
    if (collected.failure && (PQstatus(connection_) == CONNECTION_BAD || ends_session(result.get()))) {
      close();
      throw last_words(*collected.failure);
    }
    while ((result = co_await next_result(deadline))) {
    }
  }
  const ResultPointer sync = co_await next_result(deadline);
  if (!sync || PQresultStatus(sync.get()) != PGRES_PIPELINE_SYNC) broken("waiting for the end of an exchange");
}

Task<std::vector<Rows>> Session::exchange(std::vector<Command> commands, async::milliseconds timeout) {
  const Deadline deadline = Deadline::after(timeout);
  if (connection_ == nullptr) throw Failure("", "the connection is closed");
  if (PQenterPipelineMode(connection_) == 0) broken("entering pipeline mode");
  std::vector<Expected> expected;
  for (std::size_t number = 0; number < commands.size(); ++number) send(commands, number, expected);
  if (PQpipelineSync(connection_) == 0) broken("sending");
  co_await flush(deadline);
  Collected collected;
  co_await collect(commands, expected, collected, deadline);
  if (PQexitPipelineMode(connection_) == 0) broken("leaving pipeline mode");
  if (collected.failure) {
    if (PQtransactionStatus(connection_) != PQTRANS_IDLE) co_await script("ROLLBACK");
    throw Failure(*collected.failure);
  }
  co_return std::move(collected.rows);
}

Task<Rows> Session::query(sql::Statement statement, Parameters parameters, async::milliseconds timeout) {
  std::vector<Command> commands;
  commands.push_back({statement, std::move(parameters)});
  std::vector<Rows> answers = co_await exchange(std::move(commands), timeout);
  co_return std::move(answers.front());
}

Task<void> Session::script(std::string text, async::milliseconds timeout) {
  const Deadline deadline = Deadline::after(timeout);
  if (connection_ == nullptr) throw Failure("", "the connection is closed");
  if (PQsendQuery(connection_, text.c_str()) == 0) broken("sending");
  co_await flush(deadline);
  std::optional<Failure> failure;
  for (;;) {
    const ResultPointer result = co_await next_result(deadline);
    if (!result) break;
    if (is_error(result.get()) && !failure) failure = failure_of(result.get());
    if (PQstatus(connection_) == CONNECTION_BAD) broken("running a script");
  }
  if (failure) throw Failure(*failure);
}

int Session::backend_pid() const {
  return connection_ == nullptr || pooled_ ? 0 : PQbackendPID(connection_);
}

int Session::server_version() const {
  return connection_ == nullptr ? 0 : PQserverVersion(connection_);
}

std::string Session::database() const {
  return connection_ == nullptr ? "" : trimmed(PQdb(connection_));
}

std::string Session::address() const {
  if (connection_ == nullptr) return "";
  return trimmed(PQhost(connection_)) + ":" + trimmed(PQport(connection_)) + "/" + database();
}

}  // namespace pgfill::postgres
