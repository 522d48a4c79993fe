#include "library/ask.h"

#include "ledger/history.h"
#include "postgres/transaction.h"
#include "spec/did_you_mean.h"

namespace pgfill::library {

using async::Task;

Task<std::unique_ptr<postgres::Session>> open_reading(ConnectionSettings connection, std::string purpose) {
  const async::Deadline deadline = async::Deadline::after(std::chrono::seconds(15));
  auto session = co_await postgres::Session::open(std::move(connection), "pgfill:" + purpose, deadline);
  co_await postgres::pin(*session);
  co_return session;
}

Task<Error> no_such_job(postgres::Session& session, std::string job) {
  const std::vector<std::string> names = co_await ledger::job_names(session);
  const std::vector<std::string_view> candidates(names.begin(), names.end());
  Error error;
  error.code = ErrorCode::no_such_job;
  error.message = "no job is called \"" + job + "\" in database \"" + session.database() + "\"";
  error.hint = "see the jobs of this database with pgfill list";
  if (const auto meant = spec::did_you_mean(job, candidates)) {
    error.hint = "did you mean " + std::string(*meant) + "? " + error.hint;
  }
  co_return error;
}

}  // namespace pgfill::library
