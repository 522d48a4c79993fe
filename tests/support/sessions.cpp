#include "support/sessions.h"

#include <algorithm>
#include <chrono>
#include <stdexcept>

#include "support/eventually.h"

namespace pgfill::tests {

using namespace std::chrono_literals;

std::int64_t end_sessions(Database& database, const std::string& condition) {
  const std::string ended =
      database.value("SELECT array_agg(pid) FROM (SELECT pid, pg_terminate_backend(pid) FROM pg_stat_activity WHERE " +
                     condition + ") AS ended");
  if (ended == "NULL") return 0;
  const std::string left = "SELECT count(*) FROM pg_stat_activity WHERE pid = ANY ('" + ended + "')";
  if (!eventually(10s, [&] { return database.integer(left) == 0; }))
    throw std::runtime_error("sessions do not end: " + ended);
  return 1 + std::count(ended.begin(), ended.end(), ',');
}

int server_version(Database& database) {
  return static_cast<int>(database.integer("SELECT current_setting('server_version_num')::bigint"));
}

bool execute_if_known(Database& database, const std::string& sql) {
  try {
    database.execute(sql);
    return true;
  } catch (const postgres::Failure& failure) {
    if (failure.sqlstate() != "42601") throw;
    return false;
  }
}

}  // namespace pgfill::tests
