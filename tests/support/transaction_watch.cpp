#include "support/transaction_watch.h"

#include <optional>

#include "support/database.h"

namespace pgfill::tests {
namespace {

using namespace std::chrono_literals;

constexpr auto period = 100ms;

}  // namespace

TransactionWatch::TransactionWatch(std::string conninfo, std::string names, std::chrono::milliseconds longest)
    : conninfo_(std::move(conninfo)), names_(std::move(names)), longest_(longest), thread_([this] { run(); }) {}

void TransactionWatch::stop() {
  stopping_ = true;
  if (thread_.joinable()) thread_.join();
}

std::set<std::string> TransactionWatch::offenders() const {
  const std::scoped_lock lock(mutex_);
  return offenders_;
}

std::string TransactionWatch::oldest() const {
  const std::scoped_lock lock(mutex_);
  return std::to_string(oldest_) + " s, " + oldest_session_;
}

void TransactionWatch::run() {
  std::optional<Database> database;
  while (!stopping_) {
    try {
      // The throttle counts nobody whose name begins so as an application.
      if (!database) database.emplace(conninfo_, "pgfill watch");
      look(*database);
    } catch (const postgres::Failure&) {
      database.reset();  // the server is starting, or gone with its test
    }
    std::this_thread::sleep_for(period);
  }
}

void TransactionWatch::look(Database& database) {
  const postgres::Rows rows = database.rows(
      "SELECT application_name, extract(epoch FROM clock_timestamp() - xact_start)::float8, left(query, 200) "
      "FROM pg_stat_activity WHERE application_name LIKE $1 AND xact_start IS NOT NULL AND query NOT LIKE 'VACUUM%' "
      "ORDER BY xact_start",
      {names_});
  ++looks_;
  const std::scoped_lock lock(mutex_);
  for (int row = 0; row < rows.size(); ++row) {
    const double age = rows.real(row, 1);
    if (age > oldest_) {
      oldest_ = age;
      oldest_session_ = rows.string(row, 0);
    }
    if (age * 1000 <= static_cast<double>(longest_.count())) continue;
    offenders_.insert(rows.string(row, 0) + " for longer than " + std::to_string(longest_.count()) +
                      " ms: " + rows.string(row, 2));
  }
}

}  // namespace pgfill::tests
