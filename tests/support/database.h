// A blocking connection for tests: one session on an io_context of its own. Any thread, one call at a time.
#pragma once

#include <boost/asio/io_context.hpp>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "postgres/session.h"

namespace pgfill::tests {

/// Throws postgres::Failure for whatever the server refuses.
class Database {
 public:
  explicit Database(const std::string& conninfo, const std::string& application_name = "test");
  ~Database();
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  /// One or several statements, without an answer.
  void execute(const std::string& sql);
  /// The answer to one statement.
  postgres::Rows rows(const std::string& sql, postgres::Parameters parameters = {});
  /// The first column of the first row; "NULL" when it is NULL, "" when there is no row.
  std::string value(const std::string& sql);
  std::int64_t integer(const std::string& sql);
  int backend_pid() const { return session_->backend_pid(); }

 private:
  boost::asio::io_context io_;
  std::unique_ptr<postgres::Session> session_;
};

}  // namespace pgfill::tests
