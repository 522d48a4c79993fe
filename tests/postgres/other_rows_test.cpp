// Jobs that read other rows than the one they change, while the application changes both. A real server.
#include <future>

#include "support/run_job_fixture.h"

namespace pgfill::tests {
namespace {

using namespace std::chrono_literals;

/// `child` rows name a `parent`; the job copies the parent's value. Row 1 holds a batch up until `go_on()`.
class OtherRows : public RunJob {
 protected:
  void make_family(int children) {
    database_.execute(
        "CREATE TABLE parent (id bigint PRIMARY KEY, v text, active bool NOT NULL DEFAULT false);"
        "CREATE TABLE isolation (level text); CREATE SEQUENCE tries;"
        "CREATE TABLE child (id bigint PRIMARY KEY, parent_id bigint, v text);"
        "INSERT INTO parent SELECT i, 'old' FROM generate_series(1, 100) i;"
        "INSERT INTO child SELECT i, 1 + i % 100, NULL FROM generate_series(1, " +
        std::to_string(children) +
        ") i; ANALYZE parent; ANALYZE child;"
        // Waits for an advisory lock in the first row, before the other rows are looked at. By looking: a wait would
        // end with the batch's lock_timeout.
        "CREATE FUNCTION hold() RETURNS trigger LANGUAGE plpgsql AS 'DECLARE try bigint := nextval(''tries''); BEGIN "
        "WHILE NOT pg_try_advisory_xact_lock_shared(try) LOOP PERFORM pg_sleep(0.002); END LOOP;"
        "INSERT INTO isolation VALUES (current_setting(''transaction_isolation'')); RETURN new; END';"
        "CREATE TRIGGER hold BEFORE UPDATE ON child FOR EACH ROW WHEN (old.id = 1) EXECUTE FUNCTION hold();");
    database_.execute("SELECT pg_advisory_lock(1), pg_advisory_lock(2)");
  }
  JobSpec spec_of(const std::string& sql) {
    Result<JobSpec> spec = parse_statement(sql, "family");
    EXPECT_TRUE(spec) << spec.error().message;
    spec->throttle.courtesy = false;
    spec->throttle.lock_wait.reset();
    spec->workers = 1;
    return *spec;
  }
  std::future<RunReport> start(const JobSpec& spec) {
    return std::async(std::launch::async, [this, spec] { return run(spec); });
  }
  /// The first, or the second, batch waits in row 1: it has its snapshot, and has changed nothing yet.
  void wait_for_batch(int batch = 1) {
    EXPECT_TRUE(
        eventually(20s, [&] { return batch_waits() && database_.integer("SELECT last_value FROM tries") == batch; }));
  }
  /// Lets the first, or the second, batch go on that has come to row 1.
  void go_on(int batch = 1) { database_.execute("SELECT pg_advisory_unlock(" + std::to_string(batch) + ")"); }
  bool batch_waits() {
    return database_.integer(
               "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep' "
               "AND datname = current_database()") > 0;
  }
  std::int64_t wrong_rows() {
    return database_.integer(
        "SELECT count(*) FROM child c JOIN parent p ON p.id = c.parent_id WHERE c.v IS DISTINCT FROM p.v");
  }
};

constexpr const char* joins_parent = "UPDATE child SET v = p.v FROM parent p WHERE p.id = child.parent_id";

constexpr const char* copies_parent =
    "UPDATE child SET v = (SELECT p.v FROM parent p WHERE p.id = child.parent_id) WHERE v IS NULL OR v = 'old'";

TEST_F(OtherRows, WhatTheApplicationWroteIntoBothIsNotOverwrittenWithTheFormerParents) {
  make_family(400);
  auto running = start(spec_of("UPDATE child SET v = (SELECT p.v FROM parent p WHERE p.id = child.parent_id)"));
  wait_for_batch();
  Database application(scratch_.conninfo());
  application.execute(
      "BEGIN; UPDATE parent SET v = 'new' WHERE id = 8; UPDATE child SET v = 'new' WHERE parent_id = 8; COMMIT");
  go_on();
  EXPECT_EQ(running.get().exit, ExitCode::done);
  EXPECT_EQ(wrong_rows(), 0);
  EXPECT_EQ(database_.integer("SELECT count(*) FROM child WHERE v IS NULL"), 0);
}

TEST_F(OtherRows, AJoinedParentIsTheOneOfTheApplicationToo) {
  make_family(400);
  auto running = start(spec_of(joins_parent));
  wait_for_batch();
  Database application(scratch_.conninfo());
  application.execute(
      "BEGIN; UPDATE parent SET v = 'new' WHERE id = 8; UPDATE child SET v = 'new' WHERE parent_id = 8; COMMIT");
  application.execute("UPDATE child SET parent_id = 3 WHERE id = 201");
  go_on();
  EXPECT_EQ(running.get().exit, ExitCode::done);
  EXPECT_EQ(wrong_rows(), 0);
}

TEST_F(OtherRows, WhereOthersInterfereAgainJoinedRowsAreLockedFirstToo) {
  make_family(400);
  auto running = start(spec_of(joins_parent + std::string(" AND (child.v IS NULL OR child.v = 'old')")));
  Database application(scratch_.conninfo());
  for (const int batch : {1, 2}) {
    wait_for_batch(batch);
    application.execute(
        "BEGIN; UPDATE parent SET v = v || '!' WHERE id = 8;"
        "UPDATE child SET v = NULL WHERE parent_id = 8; COMMIT");
    go_on(batch);
  }
  EXPECT_EQ(running.get().exit, ExitCode::done);
  EXPECT_EQ(wrong_rows(), 0);
  EXPECT_EQ(database_.integer("SELECT count(*) FROM child WHERE v IS NULL"), 0);
  EXPECT_EQ(database_.value("SELECT level FROM isolation"), "read committed");
}

TEST_F(OtherRows, ARowThatTheApplicationGaveAnotherParentIsNotLeftUndone) {
  make_family(400);
  JobSpec spec = spec_of(
      "UPDATE child SET v = 'done' WHERE EXISTS (SELECT FROM parent p WHERE p.id = child.parent_id AND active)");
  database_.execute("UPDATE parent SET active = true WHERE id % 2 = 0");
  auto running = start(spec);
  wait_for_batch();
  Database application(scratch_.conninfo());
  application.execute("UPDATE child SET parent_id = 3 WHERE id = 201; UPDATE child SET parent_id = 4 WHERE id = 202");
  application.execute(
      "BEGIN; UPDATE parent SET active = true WHERE id = 5; UPDATE child SET parent_id = 5 WHERE id = 203; COMMIT");
  go_on();
  EXPECT_EQ(running.get().exit, ExitCode::done);
  EXPECT_EQ(database_.value("SELECT v FROM child WHERE id = 202"), "done");
  EXPECT_EQ(database_.value("SELECT v FROM child WHERE id = 203"), "done");
}

TEST_F(OtherRows, WhereOthersInterfereAgainTheRowsAreLockedFirstAndReadAfterThat) {
  make_family(400);
  auto running = start(spec_of(copies_parent));
  Database application(scratch_.conninfo());
  for (const int batch : {1, 2}) {
    wait_for_batch(batch);
    application.execute(
        "BEGIN; UPDATE parent SET v = v || '!' WHERE id = 8;"
        "UPDATE child SET v = NULL WHERE parent_id = 8; COMMIT");
    go_on(batch);
  }
  EXPECT_EQ(running.get().exit, ExitCode::done);
  EXPECT_EQ(wrong_rows(), 0);
  EXPECT_EQ(database_.integer("SELECT count(*) FROM child WHERE v IS NULL"), 0);
  EXPECT_EQ(database_.value("SELECT level FROM isolation"), "read committed");
}

TEST_F(OtherRows, RowsThatOthersHeldAreDoneInOneSnapshotToo) {
  make_family(400);
  for (const int batch : {1, 2}) go_on(batch);
  Database application(scratch_.conninfo());
  application.execute("BEGIN; UPDATE child SET v = 'old' WHERE id = 7; UPDATE parent SET v = 'new' WHERE id = 8");
  auto running = start(spec_of(copies_parent));
  EXPECT_TRUE(eventually(20s, [&] {
    return database_.value("SELECT to_regclass('pgfill.skipped')") != "NULL" &&
           database_.integer("SELECT count(*) FROM pgfill.skipped") > 0;
  }));
  application.execute("COMMIT; UPDATE child SET v = 'new' WHERE parent_id = 8 AND v = 'old'");
  EXPECT_EQ(running.get().exit, ExitCode::done);
  EXPECT_EQ(wrong_rows(), 0);
}

TEST_F(OtherRows, AColumnThatTookTheNameOfAnotherAfterTheSnapshotIsNoticed) {
  make_family(4);
  for (const int batch : {1, 2}) go_on(batch);
  EXPECT_EQ(run(spec_of(copies_parent + std::string(" OR v = ''"))).exit, ExitCode::done);  // installs the ledger
  Database batch(scratch_.conninfo());
  batch.execute("BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT 1");
  database_.execute("ALTER TABLE child RENAME COLUMN v TO former; ALTER TABLE child ADD COLUMN v text");
  EXPECT_THROW(batch.execute("SELECT pgfill.require_table('child'::regclass, 'public.child', '{id,v}', '{1,3}', NULL)"),
               postgres::Failure);
}

}  // namespace
}  // namespace pgfill::tests
