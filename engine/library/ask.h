// How the library's calls that run no job ask the database: one session, one question, and a failure of the database
// turned into an error that says what was being done.
#pragma once

#include <memory>
#include <string>

#include "async/run_to_end.h"
#include "pgfill/job.h"
#include "pgfill/result.h"
#include "postgres/session.h"

namespace pgfill::library {

/// `question` opens its own session from the connection.
template <class T, class... Arguments>
Result<T> ask(const ConnectionSettings& connection, const std::string& doing,
              async::Task<Result<T>> (*question)(ConnectionSettings, Arguments...), Arguments... arguments) {
  if (auto refused = postgres::check_conninfo(connection.conninfo)) return *refused;
  try {
    return async::run_to_end(question(connection, std::move(arguments)...));
  } catch (const postgres::Failure& failure) {
    return postgres::to_error(failure, doing);
  }
}

/// A session for a question, on any server of the connection, standbys included; shown as pgfill:<purpose>.
async::Task<std::unique_ptr<postgres::Session>> open_reading(ConnectionSettings connection, std::string purpose);

/// With what was meant, when that can be guessed.
async::Task<Error> no_such_job(postgres::Session& session, std::string job);

}  // namespace pgfill::library
