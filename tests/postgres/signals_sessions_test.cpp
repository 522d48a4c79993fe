// The signals that watch other sessions, each against a session that does what it looks for.
#include <gtest/gtest.h>

#include <thread>

#include "support/database.h"
#include "support/eventually.h"
#include "support/shared_cluster.h"
#include "support/signal_reader.h"
#include "throttle/signals/active_sessions.h"
#include "throttle/signals/commit_latency.h"
#include "throttle/signals/courtesy.h"
#include "throttle/signals/lock_wait.h"
#include "throttle/signals/oldest_xmin.h"
#include "throttle/signals/table_lock.h"

namespace pgfill::tests {
namespace {

using namespace std::chrono_literals;
using throttle::Reading;
using throttle::TableWork;

const std::string ours = "pgfill:j/";

class SessionSignals : public testing::Test {
 protected:
  SessionSignals() {
    db_.execute(
        "CREATE TABLE items (id int PRIMARY KEY, n int); INSERT INTO items SELECT i, 0 FROM generate_series(1, 5000) "
        "i");
    db_.execute("DO $$ BEGIN CREATE ROLE plain LOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END $$");
    db_.execute("GRANT ALL ON items TO plain");
  }
  std::uint32_t table() { return static_cast<std::uint32_t>(db_.integer("SELECT 'items'::regclass::oid")); }
  std::string as(const std::string& role) { return database_.conninfo() + " user=" + role; }

  ScratchDatabase database_;
  Database db_{database_.conninfo()};
};

/// A statement that waits on the server while the test goes on.
class Waiting {
 public:
  Waiting(const std::string& conninfo, const std::string& name, std::string sql)
      : database_(conninfo, name), thread_([this, sql = std::move(sql)] { database_.execute(sql); }) {}
  ~Waiting() { thread_.join(); }
  Waiting(const Waiting&) = delete;
  Waiting& operator=(const Waiting&) = delete;

  int backend_pid() const { return database_.backend_pid(); }

 private:
  Database database_;
  std::thread thread_;
};

TEST_F(SessionSignals, SomebodyAtWorkIsSeenAndSoonForgotten) {
  throttle::Courtesy signal;
  SignalReader reader(as("postgres"));
  const auto courteous = [&] {
    reader.read(signal);
    return signal.effort_cap().courteous;
  };
  // The server is shared by the tests of this file: the last of them may have just gone.
  EXPECT_TRUE(eventually(20s, [&] { return !courteous(); }));
  {
    Waiting worker(as("plain"), "app", "SELECT pg_sleep(3)");
    EXPECT_TRUE(eventually(20s, courteous));
    EXPECT_NE(signal.effort_cap().sentence.find("about 1 session"), std::string::npos) << signal.effort_cap().sentence;
  }
  EXPECT_TRUE(eventually(20s, [&] { return !courteous(); }));
}

TEST_F(SessionSignals, WhomThisRoleMayNotSeeCountsAsAtWork) {
  throttle::Courtesy signal;
  SignalReader reader(as("plain"));
  reader.read(signal);
  EXPECT_TRUE(signal.effort_cap().courteous);
  EXPECT_NE(signal.effort_cap().sentence.find("GRANT pg_read_all_stats"), std::string::npos);
}

TEST_F(SessionSignals, ASessionThatWaitsForARowOfOursIsSeenAndOursIsNamed) {
  for (const std::string role : {"postgres", "plain"}) {
    throttle::LockWait signal(100ms, ours);
    SignalReader reader(as(role));
    EXPECT_EQ(about(reader.read(signal), "lock_wait").value, 0);
    Database worker(as(role), ours + "1");
    worker.execute("BEGIN; UPDATE items SET n = n + 1 WHERE id = 1");
    {
      Waiting application(database_.conninfo(), "app", "UPDATE items SET n = 7 WHERE id = 1");
      EXPECT_TRUE(eventually(10s, [&] { return about(reader.read(signal), "lock_wait").value > 0.1; })) << role;
      EXPECT_EQ(signal.backends_in_the_way(), std::vector<int>{worker.backend_pid()});
      EXPECT_EQ(about(reader.read(signal), "own_lock_wait").value, 0);
      worker.execute("COMMIT");
    }
    EXPECT_EQ(about(reader.read(signal), "lock_wait").value, 0);
    EXPECT_TRUE(signal.backends_in_the_way().empty());
  }
}

TEST_F(SessionSignals, SessionsThatWaitForEachOtherAreNoneOfOurBusiness) {
  throttle::LockWait signal(100ms, ours);
  SignalReader reader(database_.conninfo());
  Database holder(database_.conninfo(), "app");
  holder.execute("BEGIN; UPDATE items SET n = 1 WHERE id = 1");
  Waiting other(database_.conninfo(), "app", "UPDATE items SET n = 7 WHERE id = 1");
  ASSERT_TRUE(eventually(10s, [&] { return db_.integer("SELECT count(*) FROM pg_locks WHERE NOT granted") > 0; }));
  EXPECT_EQ(about(reader.read(signal), "lock_wait").value, 0);
  holder.execute("COMMIT");
}

TEST_F(SessionSignals, OursThatWaitsIsCountedApart) {
  throttle::LockWait signal(100ms, ours);
  SignalReader reader(database_.conninfo());
  Database application(database_.conninfo(), "app");
  application.execute("BEGIN; UPDATE items SET n = 1 WHERE id = 1");
  Waiting worker(database_.conninfo(), ours + "1", "UPDATE items SET n = 7 WHERE id = 1");
  EXPECT_TRUE(eventually(10s, [&] { return about(reader.read(signal), "own_lock_wait").value > 0.01; }));
  EXPECT_EQ(about(reader.read(signal), "lock_wait").value, 0);
  application.execute("COMMIT");
}

TEST_F(SessionSignals, DdlThatWaitsForTheTableIsSeenUntilItIsGone) {
  throttle::TableLock signal(TableWork::ddl, table(), ours);
  SignalReader reader(as("plain"));
  EXPECT_TRUE(reader.read(signal).empty());
  Database application(database_.conninfo(), "app");
  application.execute("BEGIN; SELECT FROM items WHERE id = 1");
  {
    Waiting migration(database_.conninfo(), "migration",
                      "BEGIN; ALTER TABLE items ADD COLUMN m int; SELECT pg_sleep(0.2); COMMIT");
    EXPECT_TRUE(eventually(10s, [&] { return !reader.read(signal).empty(); }));
    const Reading waiting = reader.only(signal);
    EXPECT_EQ(waiting.subject,
              "(process " + std::to_string(migration.backend_pid()) + ", migration, waits for AccessExclusiveLock)");
    EXPECT_GT(throttle::utilisation(waiting), 1);
    application.execute("COMMIT");
    EXPECT_TRUE(eventually(10s, [&] {
      const auto held = reader.read(signal);
      return !held.empty() && held.front().subject.find("holds") != std::string::npos;
    }));
  }
  EXPECT_TRUE(reader.read(signal).empty());
}

TEST_F(SessionSignals, OurOwnLocksAndHarmlessOnesAreNoDdl) {
  throttle::TableLock signal(TableWork::ddl, table(), ours);
  SignalReader reader(database_.conninfo());
  Database own(database_.conninfo(), ours + "expand");
  own.execute("BEGIN; LOCK TABLE items IN ACCESS EXCLUSIVE MODE");
  EXPECT_TRUE(reader.read(signal).empty());
  own.execute("COMMIT");
  Database application(database_.conninfo(), "app");
  application.execute("BEGIN; LOCK TABLE items IN ROW EXCLUSIVE MODE");
  EXPECT_TRUE(reader.read(signal).empty());
}

TEST_F(SessionSignals, DdlOnAPartitionCounts) {
  db_.execute(
      "CREATE TABLE parts (id int) PARTITION BY LIST (id); CREATE TABLE part_1 PARTITION OF parts FOR VALUES IN (1)");
  const auto oid = static_cast<std::uint32_t>(db_.integer("SELECT 'parts'::regclass::oid"));
  throttle::TableLock signal(TableWork::ddl, oid, ours);
  SignalReader reader(database_.conninfo());
  EXPECT_TRUE(reader.read(signal).empty());
  Database migration(database_.conninfo(), "migration");
  migration.execute("BEGIN; LOCK TABLE part_1 IN SHARE ROW EXCLUSIVE MODE");
  EXPECT_NE(reader.only(signal).subject.find("holds ShareRowExclusiveLock"), std::string::npos);
}

TEST_F(SessionSignals, AVacuumOfTheTableIsSeenByEveryRole) {
  throttle::TableLock signal(TableWork::vacuum, table(), ours);
  SignalReader reader(as("plain"));
  EXPECT_TRUE(reader.read(signal).empty());
  Database vacuum(database_.conninfo(), "vacuum");
  vacuum.execute("BEGIN; LOCK TABLE items IN SHARE UPDATE EXCLUSIVE MODE");  // the lock VACUUM takes
  const Reading reading = reader.only(signal);
  EXPECT_EQ(reading.signal, "autovacuum");
  EXPECT_GT(throttle::utilisation(reading), 1);
}

TEST_F(SessionSignals, BusySessionsOfOthersAreCounted) {
  throttle::ActiveSessions signal(10, ours);
  SignalReader reader(database_.conninfo());
  Database own(database_.conninfo(), ours + "1");
  const double before = reader.only(signal).value.value();
  db_.execute("SELECT pg_advisory_lock(7)");
  {
    Waiting busy(database_.conninfo(), "app", "SELECT pg_advisory_lock(7)");
    EXPECT_TRUE(eventually(10s, [&] { return reader.only(signal).value == before + 1; }));
    db_.execute("SELECT pg_advisory_unlock(7)");
  }
}

TEST_F(SessionSignals, WhatThisRoleMayNotSeeIsUnknownAndTheGrantIsNamed) {
  throttle::ActiveSessions signal(10, ours);
  SignalReader reader(as("plain"));
  const Reading reading = reader.only(signal);
  EXPECT_FALSE(reading.value);
  EXPECT_NE(reading.unknown.find("GRANT pg_read_all_stats"), std::string::npos) << reading.unknown;
}

TEST_F(SessionSignals, ACommitIsMeasuredByEveryRole) {
  throttle::CommitLatency signal(100ms);
  SignalReader reader(as("plain"));
  const std::string before = db_.value("SELECT pg_current_wal_insert_lsn()");
  const Reading reading = reader.only(signal);
  ASSERT_TRUE(reading.value) << reading.unknown;
  EXPECT_LT(*reading.value, 5);
  EXPECT_GT(db_.integer("SELECT pg_current_wal_insert_lsn() - '" + before + "'"), 0) << "nothing was committed";
}

TEST_F(SessionSignals, AnOldSnapshotIsNamedOnceThereAreDeadRowsItKeeps) {
  throttle::OldestXmin signal(1s, table(), ours);
  SignalReader reader(database_.conninfo());
  Database old(database_.conninfo(), "report");
  old.execute("BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT 1");
  EXPECT_TRUE(reader.read(signal).empty()) << "there is nothing dead yet";
  db_.execute("UPDATE items SET n = 1");
  const std::string holder = "pid " + std::to_string(old.backend_pid()) + " (report)";
  EXPECT_TRUE(eventually(20s, [&] { return about(reader.read(signal), "oldest_xmin", holder).value > 1; }));
}

}  // namespace
}  // namespace pgfill::tests
