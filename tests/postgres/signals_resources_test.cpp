// The signals that watch what the server writes and keeps, and those that ask somebody else.
#include <gtest/gtest.h>

#include "support/database.h"
#include "support/eventually.h"
#include "support/http_server.h"
#include "support/shared_cluster.h"
#include "support/signal_reader.h"
#include "throttle/signals/archive_backlog.h"
#include "throttle/signals/checkpoints.h"
#include "throttle/signals/custom_query.h"
#include "throttle/signals/disk_free.h"
#include "throttle/signals/growth.h"
#include "throttle/signals/http_check.h"
#include "throttle/signals/server_load.h"
#include "throttle/signals/slot_retention.h"
#include "throttle/signals/wal.h"

namespace pgfill::tests {
namespace {

using namespace std::chrono_literals;
using throttle::Reading;

class ResourceSignals : public testing::Test {
 protected:
  /// A role without privileges; its conninfo.
  std::string make_plain_role() {
    db_.execute("DO $$ BEGIN CREATE ROLE plain LOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END $$");
    return database_.conninfo() + " user=plain";
  }
  void write_wal(int mebibytes) {
    for (int i = 0; i < mebibytes; ++i) {
      db_.execute("SELECT pg_logical_emit_message(false, 'test', repeat('x', 1048576))");
    }
  }
  Reading of_query(const std::string& sql, const std::string& search_path = "public") {
    throttle::CustomQuery signal({"queue", sql, 5, 1s}, search_path);
    return reader_.only(signal);
  }

  ScratchDatabase database_;
  Database db_{database_.conninfo()};
  SignalReader reader_{database_.conninfo()};
  SignalReader plain_{make_plain_role()};
};

TEST_F(ResourceSignals, WalIsCountedASecondAndInAll) {
  throttle::WalRate rate(1e6);
  throttle::WalBudget budget(2 << 20, 0);
  EXPECT_EQ(plain_.only(rate).value, 0);
  EXPECT_EQ(plain_.only(budget).value, 0);
  write_wal(3);
  EXPECT_GT(plain_.only(rate).value, 0);
  const Reading used = plain_.only(budget);
  EXPECT_GE(used.value, 3 << 20);
  EXPECT_EQ(used.kind, throttle::SignalKind::guardrail);
}

TEST_F(ResourceSignals, WhatFormerRunnersHaveUsedOfTheWalBudgetCounts) {
  throttle::WalBudget budget(1, 5 << 20);
  EXPECT_EQ(reader_.only(budget).value, 5 << 20);
  write_wal(2);
  EXPECT_GE(reader_.only(budget).value, 7 << 20);
}

TEST_F(ResourceSignals, RequestedCheckpointsAreCounted) {
  throttle::Checkpoints signal(2);
  EXPECT_EQ(plain_.only(signal).value, 0);
  db_.execute("CHECKPOINT");
  EXPECT_TRUE(eventually(20s, [&] { return plain_.only(signal).value >= 1; }));
}

TEST_F(ResourceSignals, WhereNothingIsArchivedThereIsNoBacklog) {
  throttle::ArchiveBacklog signal(1 << 30);
  EXPECT_TRUE(plain_.read(signal).empty());
}

TEST_F(ResourceSignals, ASlotThatHoldsWalBackIsNamed) {
  throttle::SlotRetention signal(1 << 20);
  db_.execute("SELECT pg_create_physical_replication_slot('forgotten', true)");
  write_wal(2);
  const Reading slot = about(plain_.read(signal), "slot_retention", "forgotten");
  db_.execute("SELECT pg_drop_replication_slot('forgotten')");
  EXPECT_EQ(slot.subject, "forgotten (not in use)");
  EXPECT_GT(slot.value, 1 << 20);
  EXPECT_FALSE(about(plain_.read(signal), "slot_retention", "forgotten").value);
}

TEST_F(ResourceSignals, GrowthIsAShareOfTheSizeAtTheStart) {
  db_.execute("CREATE TABLE items AS SELECT i AS id, repeat('x', 1000) AS pad FROM generate_series(1, 20000) i");
  const auto oid = static_cast<std::uint32_t>(db_.integer("SELECT 'items'::regclass::oid"));
  throttle::Growth signal(0.5, oid, std::nullopt);
  EXPECT_EQ(plain_.only(signal).value, 0);
  db_.execute("UPDATE items SET id = id + 1");
  EXPECT_NEAR(plain_.only(signal).value.value(), 1, 0.1);
  throttle::Growth resumed(0.5, oid, std::int64_t{10'000} << 20);
  EXPECT_EQ(plain_.only(resumed).value, 0) << "smaller than at the start";
}

TEST_F(ResourceSignals, TheRoomOfThisHostsServerIsSeen) {
  throttle::DiskFree share(0.05, throttle::Unit::share, 0);
  const Reading free = reader_.only(share);
  EXPECT_EQ(free.subject, db_.value("SHOW data_directory"));
  EXPECT_GT(free.value, 0);
  EXPECT_LT(free.value, 1);
  throttle::DiskFree bytes(1e9, throttle::Unit::bytes, 0);
  EXPECT_GT(reader_.only(bytes).value, 1e6);
}

TEST_F(ResourceSignals, RoomThatCannotBeSeenIsSaidOnceAndHoldsNothingBack) {
  throttle::DiskFree signal(0.05, throttle::Unit::share, 0);
  EXPECT_TRUE(plain_.read(signal).empty());
  EXPECT_NE(signal.not_watched().find("GRANT pg_read_all_settings"), std::string::npos) << signal.not_watched();
}

TEST_F(ResourceSignals, TheLoadOfThisHostIsSeen) {
  throttle::ServerLoad signal(2);
  EXPECT_GE(plain_.only(signal).value, 0);
}

TEST_F(ResourceSignals, AQueryGivesItsFirstValue) {
  EXPECT_EQ(of_query("SELECT 7, 'x'").value, 7);
  EXPECT_EQ(of_query("SELECT 2.5::numeric").value, 2.5);
  EXPECT_EQ(of_query("SELECT true").value, 1);
  db_.execute("CREATE SCHEMA work; CREATE TABLE work.queue AS SELECT 1 AS late FROM generate_series(1, 9)");
  EXPECT_EQ(of_query("SELECT count(*) FROM queue", "work").value, 9);
}

TEST_F(ResourceSignals, AQueryThatFailsOrSaysNothingIsUnknown) {
  EXPECT_EQ(of_query("SELECT NULL::int").unknown, "its query gives NULL");
  EXPECT_EQ(of_query("SELECT 1 WHERE false").unknown, "its query gives no row");
  EXPECT_EQ(of_query("SELECT 'many'").unknown, "its query gives 'many', not a number");
  db_.execute("CREATE TABLE counted (n int)");
  for (const char* sql : {"SELECT 1/0", "SELECT count(*) FROM nowhere", "INSERT INTO counted VALUES (1) RETURNING n",
                          "SELECT 1; SELECT 2", "SELECT pg_sleep(30)"}) {
    EXPECT_THROW(of_query(sql), postgres::Failure) << sql;
  }
  EXPECT_EQ(of_query("SELECT 7").value, 7) << "the session is as good as before";
  EXPECT_EQ(db_.integer("SELECT count(*) FROM counted"), 0);
}

TEST_F(ResourceSignals, OnlyTheAnswer200LetsTheJobGoOn) {
  for (const int status : {200, 204, 301, 404, 417, 429, 500}) {
    const HttpServer server(status);
    throttle::HttpCheck signal({server.url() + "check/pgfill/pg/main", 1s});
    const Reading reading = reader_.only(signal);
    EXPECT_EQ(*throttle::utilisation(reading) <= 0.5, status == 200) << status;
    EXPECT_EQ(*throttle::utilisation(reading) > 1, status != 200) << status;
    EXPECT_EQ(server.asked_for(), "GET /check/pgfill/pg/main HTTP/1.1");
  }
}

TEST_F(ResourceSignals, AServiceThatDoesNotAnswerIsUnknownSoon) {
  const HttpServer silent(0);
  throttle::HttpCheck no_answer({silent.url(), 200ms});
  const auto began = std::chrono::steady_clock::now();
  EXPECT_EQ(reader_.only(no_answer).unknown, "no answer in time");
  EXPECT_LT(std::chrono::steady_clock::now() - began, 5s);
  throttle::HttpCheck nobody({"http://127.0.0.1:1/", 1s});
  EXPECT_FALSE(reader_.only(nobody).value);
  EXPECT_NE(reader_.only(nobody).unknown.find("refused"), std::string::npos);
  throttle::HttpCheck nowhere({"http://no-such-host.invalid/", 1s});
  EXPECT_NE(reader_.only(nowhere).unknown.find("no-such-host.invalid"), std::string::npos);
}

}  // namespace
}  // namespace pgfill::tests
