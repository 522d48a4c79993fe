// The signals that watch replicas, against one that is paused, late on purpose, hidden, killed.
#include <gtest/gtest.h>

#include <thread>

#include "rig/pg_cluster.h"
#include "support/database.h"
#include "support/eventually.h"
#include "support/signal_reader.h"
#include "throttle/signals/commit_latency.h"
#include "throttle/signals/named_replica.h"
#include "throttle/signals/replica_lag.h"
#include "throttle/signals/standby_wait.h"

namespace pgfill::tests {
namespace {

using namespace std::chrono_literals;
using throttle::Reading;

constexpr double most_seconds = 1;
constexpr double most_bytes = 64 << 20;
/// Readings of these tests follow each other without a pause, so a condition may take many of them.
constexpr auto patience = 30s;

class ReplicaSignals : public testing::Test {
 protected:
  rig::PgServer& replica(const rig::Settings& settings = {}) { return cluster_.add_replica(settings); }
  /// Returns when every later connection is under this demand.
  void demand(const std::string& standbys) {
    db_.execute("ALTER SYSTEM SET synchronous_standby_names = '" + standbys + "'");
    db_.execute("SELECT pg_reload_conf()");
    EXPECT_TRUE(eventually(patience, [&] { return db_.value("SHOW synchronous_standby_names") == standbys; }));
  }
  void write_wal() { db_.execute("SELECT pg_logical_emit_message(false, 'test', repeat('x', 100000))"); }
  std::shared_ptr<throttle::WalClock> wal_ = std::make_shared<throttle::WalClock>();

  /// Writes and reads until the lag is as wanted.
  template <class Wanted>
  bool becomes(throttle::Signal& signal, Wanted wanted) {
    return eventually(patience, [&] {
      write_wal();
      return wanted(about(reader_.read(signal), "replica_lag"));
    });
  }

  rig::PgCluster cluster_;
  Database db_{cluster_.conninfo()};
  SignalReader reader_{cluster_.conninfo()};
};

bool is_fine(const Reading& reading) {
  return reading.value && *throttle::utilisation(reading) < 0.5;
}

bool is_late(const Reading& reading) {
  return reading.value && *throttle::utilisation(reading) > 1;
}

TEST_F(ReplicaSignals, WithoutAReplicaThereIsNothingToSay) {
  throttle::ReplicaLag signal(most_seconds, most_bytes, wal_);
  EXPECT_TRUE(reader_.read(signal).empty());
}

TEST_F(ReplicaSignals, PausedReplayIsSeenAlthoughTheServersOwnFigureStandsStill) {
  throttle::ReplicaLag signal(most_seconds, most_bytes, wal_);
  Database standby(replica().conninfo());
  EXPECT_TRUE(becomes(signal, is_fine));
  standby.execute("SELECT pg_wal_replay_pause()");
  EXPECT_TRUE(becomes(signal, is_late));
  const auto readings = reader_.read(signal);
  EXPECT_EQ(about(readings, "replica_lag").subject, "replica_1");
  EXPECT_GT(about(readings, "replica_backlog", "replica_1").value, 0);
  standby.execute("SELECT pg_wal_replay_resume()");
  EXPECT_TRUE(eventually(patience, [&] { return is_fine(about(reader_.read(signal), "replica_lag")); }));
}

TEST_F(ReplicaSignals, AReplicaThatAppliesLateOnPurposeIsLate) {
  throttle::ReplicaLag signal(most_seconds, most_bytes, wal_);
  replica({{"recovery_min_apply_delay", "1h"}});
  // Only commits are delayed.
  EXPECT_TRUE(eventually(patience, [&] {
    db_.execute("SELECT pg_logical_emit_message(true, 'test', 'x')");
    return is_late(about(reader_.read(signal), "replica_lag"));
  }));
}

TEST_F(ReplicaSignals, AKilledReplicaIsUnknownUntilItIsBack) {
  throttle::ReplicaLag signal(most_seconds, most_bytes, wal_);
  rig::PgServer& standby = replica();
  EXPECT_TRUE(becomes(signal, is_fine));
  standby.stop(rig::Stop::immediate);
  const auto unknown = [&](const Reading& reading) {
    return !reading.value && reading.unknown.find("not connected to the primary any more") != std::string::npos;
  };
  EXPECT_TRUE(eventually(patience, [&] { return unknown(about(reader_.read(signal), "replica_lag", "replica_1")); }));
  EXPECT_TRUE(unknown(about(reader_.read(signal), "replica_lag"))) << "and stays so";
  standby.start();
  EXPECT_TRUE(becomes(signal, is_fine));
}

TEST_F(ReplicaSignals, ARoleThatMayNotSeeReplicasIsToldWhatItLacks) {
  db_.execute("CREATE ROLE plain LOGIN");
  replica();
  throttle::ReplicaLag signal(most_seconds, most_bytes, wal_);
  SignalReader plain(cluster_.conninfo() + " user=plain");
  const auto is_hidden = [](const Reading& reading) {
    return !reading.value && reading.unknown.find("GRANT pg_read_all_stats") != std::string::npos;
  };
  EXPECT_TRUE(eventually(patience, [&] { return is_hidden(about(plain.read(signal), "replica_lag")); }))
      << "from when it has connected on";
  db_.execute("GRANT pg_read_all_stats TO plain");
  SignalReader granted(cluster_.conninfo() + " user=plain");
  EXPECT_TRUE(eventually(patience, [&] { return is_fine(about(granted.read(signal), "replica_lag")); }));
  db_.execute("REVOKE pg_read_all_stats FROM plain");
  EXPECT_TRUE(eventually(patience, [&] { return !about(granted.read(signal), "replica_lag").value; }));
}

TEST_F(ReplicaSignals, ANamedReplicaIsAskedItself) {
  rig::PgServer& server = replica();
  Database standby(server.conninfo());
  throttle::ReplicaLag primary(most_seconds, most_bytes, wal_);
  ReplicaConnection connection{"reports", {{"dbname", server.conninfo()}}};
  throttle::NamedReplica signal(connection, most_seconds, wal_, "pgfill:j/");
  const auto read = [&] {
    write_wal();
    reader_.read(primary);
    return reader_.only(signal);
  };
  EXPECT_TRUE(eventually(patience, [&] { return is_fine(read()); }));
  standby.execute("SELECT pg_wal_replay_pause()");
  EXPECT_TRUE(eventually(patience, [&] { return is_late(read()); }));
  EXPECT_EQ(read().subject, "reports (replay is paused)");
  server.stop(rig::Stop::immediate);
  EXPECT_TRUE(eventually(patience, [&] { return !read().value; }));
}

TEST_F(ReplicaSignals, ANamedReplicaThatIsNoneOrCannotBeReachedIsUnknown) {
  throttle::NamedReplica itself({"r", {{"dbname", cluster_.conninfo()}}}, most_seconds, wal_, "pgfill:j/");
  EXPECT_EQ(reader_.only(itself).unknown, "it is a primary, not a replica");
  throttle::NamedReplica nobody({"r", {{"host", "/nowhere"}}}, most_seconds, wal_, "pgfill:j/");
  EXPECT_NE(reader_.only(nobody).unknown.find("cannot be asked"), std::string::npos);
}

TEST_F(ReplicaSignals, NoCanaryIsSentToAStandbyThatIsNotThere) {
  throttle::CommitLatency signal(100ms);
  EXPECT_TRUE(reader_.only(signal).value);
  demand("nosuch");
  SignalReader reader(cluster_.conninfo());
  EXPECT_NE(reader.only(signal).unknown.find("synchronous_standby_names is 'nosuch'"), std::string::npos);
}

TEST_F(ReplicaSignals, ACanaryThatDoesNotComeBackIsGivenUpAndNotSentAgain) {
  Database standby(replica().conninfo());
  db_.execute("ALTER SYSTEM SET synchronous_commit = 'remote_apply'");
  demand("*");
  throttle::CommitLatency signal(100ms);
  const auto readings = [&] { return SignalReader(cluster_.conninfo()).only(signal); };
  EXPECT_TRUE(eventually(patience, [&] { return readings().value.has_value(); }));
  standby.execute("SELECT pg_wal_replay_pause()");
  // The server may take a moment to make commits wait.
  std::chrono::steady_clock::duration waited{};
  EXPECT_TRUE(eventually(patience, [&] {
    const auto began = std::chrono::steady_clock::now();
    try {
      return !readings().value.has_value();
    } catch (const postgres::Failure&) {
      waited = std::chrono::steady_clock::now() - began;
      return true;
    }
  }));
  EXPECT_GT(waited, 0s);
  EXPECT_LT(waited, throttle::answer_time);
  for (int i = 0; i < 3; ++i) EXPECT_NE(readings().unknown.find("has not come back within"), std::string::npos);
  EXPECT_EQ(db_.integer("SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'SyncRep'"), 1);
  standby.execute("SELECT pg_wal_replay_resume()");
  EXPECT_TRUE(eventually(patience, [&] { return readings().value.has_value(); }));
}

TEST_F(ReplicaSignals, ACommitThatWaitsForAStandbySaysForWhom) {
  throttle::StandbyWait signal("pgfill:j/", 100ms);
  db_.execute("CREATE TABLE items (n int)");
  EXPECT_TRUE(reader_.read(signal).empty());
  demand("nosuch");
  Database worker(cluster_.conninfo(), "pgfill:j/1");
  std::thread commit([&] { worker.execute("INSERT INTO items VALUES (1)"); });
  EXPECT_TRUE(eventually(patience, [&] {
    const auto readings = reader_.read(signal);
    return !readings.empty() && is_late(readings.front()) &&
           readings.front().subject.find("synchronous_standby_names is 'nosuch'") != std::string::npos;
  }));
  db_.execute("SET synchronous_commit = local");
  db_.execute("ALTER SYSTEM RESET synchronous_standby_names");
  db_.execute("SELECT pg_reload_conf()");
  commit.join();
}

}  // namespace
}  // namespace pgfill::tests
