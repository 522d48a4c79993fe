// What the lag of a replica that cannot be seen is taken for. A real replica.
#include <gtest/gtest.h>

#include "async/run_to_end.h"
#include "rig/pg_cluster.h"
#include "support/database.h"
#include "support/eventually.h"
#include "throttle/signals/replica_lag.h"

namespace pgfill::tests {
namespace {

using namespace std::chrono_literals;

async::Task<std::vector<throttle::Reading>> read_as(std::string conninfo) {
  ConnectionSettings settings;
  settings.conninfo = std::move(conninfo);
  const async::Deadline deadline = async::Deadline::after(10s);
  const std::unique_ptr<postgres::Session> session =
      co_await postgres::Session::open(std::move(settings), "lag", deadline);
  throttle::ReplicaLag lag(1, 1e9, std::make_shared<throttle::WalClock>());
  co_return co_await lag.read(*session);
}

TEST(ReplicaLag, ThatARoleMayNotSeeIsNotTakenForNone) {
  rig::PgCluster cluster;
  cluster.add_replica();
  Database administrator(cluster.conninfo());
  ASSERT_TRUE(eventually(20s, [&] {
    return administrator.integer("SELECT count(*) FROM pg_stat_replication WHERE replay_lsn IS NOT NULL") == 1;
  }));
  const auto seen = async::run_to_end(read_as(cluster.conninfo()));
  ASSERT_EQ(seen.size(), 2U);
  EXPECT_TRUE(seen[0].value && seen[1].value);
  administrator.execute("CREATE ROLE plain LOGIN");
  const auto blind = async::run_to_end(read_as(cluster.conninfo() + " user=plain"));
  ASSERT_EQ(blind.size(), 1U);
  EXPECT_FALSE(blind[0].value);
  EXPECT_NE(blind[0].unknown.find("may not see"), std::string::npos) << blind[0].unknown;
}

}  // namespace
}  // namespace pgfill::tests
