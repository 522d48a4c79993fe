#include "rig/watcher.h"

#include <algorithm>

#include "async/clock.h"
#include "async/run_to_end.h"
#include "rig/statements.h"

namespace pgfill::rig {

using namespace std::chrono_literals;

Watcher::Watcher(const ConnectionSettings& connection) : connection_(connection) {
  thread_ = std::thread([this] {
    try {
      async::run_to_end(watch());
    } catch (const postgres::Failure&) {
      // The server went away; the test that stopped it knows.
      stopping_ = true;
    }
  });
}

Watcher::~Watcher() {
  stopping_ = true;
  thread_.join();
}

async::Task<void> Watcher::watch() {
  const auto deadline = async::Deadline::after(10s);
  const auto session = co_await postgres::Session::open(connection_, "pgfill-demo", deadline);
  bool ledger = false;
  while (!stopping_) {
    if (!ledger) {
      const auto answer = co_await session->query(sql::rig_watch_server);
      ledger = answer.boolean(0, 0);
      remember_lag(answer);
    } else {
      const auto answer = co_await session->query(sql::rig_watch_job);
      rows_changed_ = answer.integer(0, 0);
      remember_lag(answer);
    }
    co_await async::sleep_for(10ms);
  }
}

void Watcher::remember_lag(const postgres::Rows& answer) {
  if (answer.is_null(0, 1)) return;
  replica_seen_ = true;
  lag_ = answer.integer(0, 1);
  worst_lag_ = std::max<std::int64_t>(worst_lag_, lag_);
}

}  // namespace pgfill::rig
