// One connection to a PostgreSQL server, used from one executor. Knows libpq; knows nothing of jobs. Folders above ask
// the server through named functions of their own that use query() and exchange(); nothing else does.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "async/clock.h"
#include "async/task.h"
#include "pgfill/job.h"
#include "postgres/failure.h"
#include "postgres/rows.h"
#include "sql/statement.h"

extern "C" {
typedef struct pg_conn PGconn;
}

namespace pgfill::postgres {

/// A parameter: text in the server's input format, or NULL.
using Parameter = std::optional<std::string>;
using Parameters = std::vector<Parameter>;

/// What in a command evaluates expressions of the job or fires triggers of its table, and so may fail for a row.
enum class Evaluates {
  nothing,              ///< a statement of the engine's own
  everything,           ///< the statement itself
  last_parameter,       ///< a statement that the last parameter holds; all else is the engine's own
  last_two_parameters,  ///< statements that the last two hold; the first of them may be NULL
};

/// A statement with its parameters; the statement's storage must outlive the exchange. One without a name is prepared
/// anew each time.
struct Command {
  sql::Statement statement;
  Parameters parameters;
  Evaluates evaluates = Evaluates::nothing;
};

/// Not thread-safe: one exchange at a time, on the executor it was opened on. Every exchange has a deadline; when it
/// passes, the connection is closed and the failure is of class reconnect. Throws Failure.
class Session {
 public:
  /// Connects. `application_name` shows in pg_stat_activity. Failures: empty SQLSTATE (unreachable), 28xxx, 53300 …
  static async::Task<std::unique_ptr<Session>> open(ConnectionSettings settings, std::string application_name,
                                                    async::Deadline deadline);
  ~Session();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  /// Runs one statement as its own transaction (or inside an open block) and returns its rows.
  async::Task<Rows> query(sql::Statement statement, Parameters parameters = {},
                          async::milliseconds timeout = default_timeout);
  /// Runs several statements in one round trip (a libpq pipeline) and returns their rows in order. The first failure
  /// is thrown; later statements were then skipped by the server and an open transaction is rolled back.
  async::Task<std::vector<Rows>> exchange(std::vector<Command> commands, async::milliseconds timeout = default_timeout);
  /// Runs a script of several statements with the simple protocol, without parameters: for schema installation.
  async::Task<void> script(std::string text, async::milliseconds timeout = default_timeout);

  bool open() const { return connection_ != nullptr; }
  /// Closes at once; idempotent.
  void close();
  /// Ends the connection under whatever is being waited for, which then fails as if it had been lost.
  void cut();
  /// Server process of this connection; 0 when closed, and behind a pooler, where every transaction may have another.
  int backend_pid() const;
  /// A pooler is in between (found by asking): prepared statements are sent unnamed, and nothing may be left in the
  /// session from one transaction to the next.
  bool pooled() const { return pooled_; }
  int server_version() const;  ///< for instance 150018
  std::string database() const;
  /// For people: "host:port/database" or the socket directory.
  std::string address() const;

  static constexpr async::milliseconds default_timeout{30'000};

 private:
  Session(boost::asio::any_io_executor executor, PGconn* connection);
  enum class SocketEvent { readable, writable, either };
  struct Wait;
  struct Attempt;
  /// An answer that is still to come.
  struct Expected {
    enum class Step { forget, prepare, execute };
    std::size_t command;
    Step step = Step::execute;
    std::string name = {};    ///< of the statement that is prepared or forgotten
    std::string former = {};  ///< its text before
  };
  /// The answers to one exchange as they come in.
  struct Collected {
    std::vector<Rows> rows;
    std::optional<Failure> failure;
  };
  using ResultPointer = std::unique_ptr<PGresult, void (*)(PGresult*)>;

  async::Task<void> connect(async::Deadline deadline);
  /// Runs what looks names up on a thread of its own, then takes the attempt's connection over.
  async::Task<void> look_up(std::shared_ptr<Attempt> attempt, std::function<void()> work, async::Deadline deadline);
  async::Task<void> find_pooler(async::Deadline deadline);
  async::Task<void> wait_for(SocketEvent event, async::Deadline deadline);
  async::Task<void> flush(async::Deadline deadline);
  async::Task<ResultPointer> next_result(async::Deadline deadline);
  void send(const std::vector<Command>& commands, std::size_t number, std::vector<Expected>& expected);
  void prepare(const std::string& name, const std::string& text, std::size_t number, std::vector<Expected>& expected);
  void note_failed(const Expected& expected, bool has_former);
  async::Task<void> collect(const std::vector<Command>& commands, const std::vector<Expected>& expected,
                            Collected& collected, async::Deadline deadline);
  [[noreturn]] void broken(const std::string& doing);

  boost::asio::any_io_executor executor_;
  PGconn* connection_;
  std::optional<boost::asio::posix::stream_descriptor> socket_;
  /// Texts of the statements that the server has, by their names. Another text under a name takes the former's place:
  /// a session that goes from one relation to the next keeps no more of them than one relation has.
  std::unordered_map<std::string, std::string> prepared_;
  bool pooled_ = true;  ///< until it is known
};

/// The error of an unusable conninfo or a password given in it; null when it is fine.
std::optional<Error> check_conninfo(const std::string& conninfo);

}  // namespace pgfill::postgres
