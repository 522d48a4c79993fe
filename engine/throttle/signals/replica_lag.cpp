#include "throttle/signals/replica_lag.h"

#include <algorithm>

#include "sql/statements.h"

namespace pgfill::throttle {
namespace {

std::string mebibytes(std::int64_t bytes) {
  return std::to_string(bytes >> 20) + " MiB";
}

}  // namespace

async::Task<Verdict> ReplicaLag::read(postgres::Session& session) {
  worst_.reset();
  const postgres::Rows rows = co_await session.query(sql::throttle_replica_lag);
  co_return judge(rows);
}

Verdict ReplicaLag::judge(const postgres::Rows& rows) {
  std::set<std::string> present;
  std::string slowest;
  if (const std::string timeline = rows.string(0, 0); timeline != timeline_) {
    seen_.clear();
    timeline_ = timeline;
  }
  for (int row = 0; row < rows.size() && !rows.is_null(row, 1); ++row) {
    const std::string replica = rows.string(row, 1);
    present.insert(replica);
    if (rows.is_null(row, 2)) {
      return {true, "replica lag unknown: this role may not see how far " + replica +
                        " is (GRANT pg_monitor), or it has not reported yet"};
    }
    const std::int64_t lag = rows.integer(row, 2);
    if (worst_ && *worst_ >= lag) continue;
    worst_ = lag;
    slowest = replica;
  }
  for (const std::string& replica : seen_) {
    if (!present.contains(replica)) {
      return {true, "replica lag unknown: " + replica +
                        " is not reporting any more (to go on without it, stop the job "
                        "and run it again)"};
    }
  }
  seen_.insert(present.begin(), present.end());
  over_ = worst_ && *worst_ > (over_ ? limit_ / 2 : limit_);
  if (!over_) return {};
  return {true, "replica lag " + slowest + " " + mebibytes(*worst_) + " > " + mebibytes(limit_)};
}

}  // namespace pgfill::throttle
