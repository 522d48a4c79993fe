// Partitions that a job drops instead of deleting their rows: which, whom it does not disturb, and where a run goes on
// that finds one half way. A real server.
#include <future>
#include <thread>

#include "support/run_job_fixture.h"

namespace pgfill::tests {
namespace {

using namespace std::chrono_literals;

class DropPartitions : public RunJob {
 protected:
  /// `events` by year from 2019 to 2021, 1,000 rows each.
  void make_years(const std::string& more = {}) {
    database_.execute(
        "CREATE TABLE events (id bigint, at date, note text, PRIMARY KEY (id, at)) PARTITION BY RANGE (at);"
        "CREATE TABLE events_2019 PARTITION OF events FOR VALUES FROM ('2019-01-01') TO ('2020-01-01');"
        "CREATE TABLE events_2020 PARTITION OF events FOR VALUES FROM ('2020-01-01') TO ('2021-01-01');"
        "CREATE TABLE events_2021 PARTITION OF events FOR VALUES FROM ('2021-01-01') TO ('2022-01-01');" +
        more +
        "INSERT INTO events SELECT y * 10000 + i, make_date(y, 1 + i % 12, 1) "
        "FROM generate_series(2019, 2021) y, generate_series(1, 1000) i; ANALYZE events");
  }
  static JobSpec purge_spec(const std::string& where = "at < '2021-01-01'") {
    JobSpec spec;
    spec.job = "purge";
    spec.schema = "public";
    spec.table = "events";
    Delete kind;
    kind.drop_partitions = true;
    spec.kind = kind;
    spec.where = where;
    spec.batch.max_rows = 100;
    spec.throttle.courtesy = false;
    return spec;
  }
  bool exists(const std::string& table) {
    return database_.value("SELECT to_regclass('" + table + "') IS NOT NULL") == "t";
  }
  bool is_partition(const std::string& table) {
    return database_.integer("SELECT count(*) FROM pg_inherits WHERE inhrelid = '" + table + "'::regclass") == 1;
  }
  std::int64_t deleted() { return database_.integer("SELECT sum(rows_changed) FROM pgfill.range"); }
  std::string events(const std::string& kind) {
    return database_.value(
        "SELECT coalesce(string_agg(message, '; ' ORDER BY id), '') FROM pgfill.event WHERE kind = '" + kind + "'");
  }
};

TEST_F(DropPartitions, ThoseThatGoWholeAreDroppedAndTheirRowsCount) {
  make_years();
  const RunReport report = run(purge_spec("at < '2020-07-01'"));
  EXPECT_EQ(report.exit, ExitCode::done) << report.error.message;
  EXPECT_FALSE(exists("events_2019"));
  EXPECT_TRUE(is_partition("events_2020"));
  EXPECT_EQ(database_.integer("SELECT count(*) FROM events WHERE at < '2020-07-01'"), 0);
  EXPECT_EQ(deleted(), 3000 - database_.integer("SELECT count(*) FROM events"));
  EXPECT_NE(events("partition_dropped").find("events_2019 dropped in"), std::string::npos)
      << events("partition_dropped");
  EXPECT_NE(events("partition_dropped").find("1,000 deleted rows"), std::string::npos);
  EXPECT_EQ(database_.integer("SELECT count(*) FROM pgfill.detached"), 0);
}

TEST_F(DropPartitions, BesideADefaultPartitionTheyAreDetachedInOneTransaction) {
  make_years("CREATE TABLE events_rest PARTITION OF events DEFAULT;");
  const RunReport report = run(purge_spec());
  EXPECT_EQ(report.exit, ExitCode::done) << report.error.message;
  EXPECT_FALSE(exists("events_2019"));
  EXPECT_FALSE(exists("events_2020"));
  EXPECT_EQ(deleted(), 2000);
  EXPECT_EQ(database_.integer("SELECT count(*) FROM events"), 1000);
}

TEST_F(DropPartitions, WithoutTheFieldTheyStay) {
  make_years();
  JobSpec spec = purge_spec();
  spec.kind = Delete{};
  EXPECT_EQ(run(spec).exit, ExitCode::done);
  EXPECT_TRUE(is_partition("events_2019"));
  EXPECT_EQ(deleted(), 2000);
}

TEST_F(DropPartitions, OneWithARowThatIsToStayIsLeftToTheBatches) {
  make_years();
  database_.execute(
      "ALTER TABLE events ADD note_length int; UPDATE events SET note_length = 3;"
      "UPDATE events SET note_length = NULL WHERE id = 20190001; ANALYZE events");
  // The bounds prove the first condition; a row for which the second is NULL is to stay.
  const RunReport report = run(purge_spec("at < '2021-01-01' AND (at < '2021-01-01' OR note_length > 0)"));
  EXPECT_EQ(report.exit, ExitCode::done) << report.error.message;
  EXPECT_EQ(deleted(), 2000);
}

/// As after a kill between the two.
TEST_F(DropPartitions, OneThatIsHalfWayIsDroppedByTheNextRun) {
  make_years();
  Control control;
  watcher_.on_batch = [&] { control.stop(); };
  JobSpec spec = purge_spec("at < '2020-07-01'");
  spec.kind = Delete{};
  EXPECT_EQ(run_job(spec, settings_, {}, control, watcher_).exit, ExitCode::interrupted);
  watcher_.on_batch = {};
  const std::int64_t before = deleted();
  const std::int64_t left = database_.integer("SELECT count(*) FROM events_2019");
  ASSERT_GT(left, 0);
  database_.execute(
      "INSERT INTO pgfill.detached SELECT j.id, 'events_2019'::regclass, 'events'::regclass, "
      "pg_get_expr(c.relpartbound, c.oid), '{}' FROM pgfill.job j, pg_class c "
      "WHERE c.oid = 'events_2019'::regclass;"
      "ALTER TABLE events DETACH PARTITION events_2019");
  RunOptions again;
  again.again = true;
  EXPECT_EQ(run(spec, again).error.code, ErrorCode::partition_detached);
  EXPECT_TRUE(exists("events_2019"));
  const RunReport report = run(spec);
  EXPECT_EQ(report.exit, ExitCode::done) << report.error.message;
  EXPECT_FALSE(exists("events_2019"));
  EXPECT_EQ(deleted(), 1000 + 1000 - database_.integer("SELECT count(*) FROM events_2020"));
  EXPECT_GE(deleted(), before + left);
}

TEST_F(DropPartitions, OneThatIsHalfWayAndHasARowThatIsToStayIsAttachedAgain) {
  make_years();
  Control control;
  watcher_.on_batch = [&] { control.stop(); };
  JobSpec spec = purge_spec("at < '2020-07-01' AND note IS DISTINCT FROM 'mine'");
  spec.kind = Delete{};
  EXPECT_EQ(run_job(spec, settings_, {}, control, watcher_).exit, ExitCode::interrupted);
  watcher_.on_batch = {};
  database_.execute(
      "INSERT INTO pgfill.detached SELECT j.id, 'events_2019'::regclass, 'events'::regclass, "
      "pg_get_expr(c.relpartbound, c.oid), '{}' FROM pgfill.job j, pg_class c "
      "WHERE c.oid = 'events_2019'::regclass;"
      "ALTER TABLE events DETACH PARTITION events_2019;"
      "INSERT INTO events_2019 VALUES (7, '2019-07-07', 'mine')");
  const RunReport report = run(spec);
  EXPECT_EQ(report.exit, ExitCode::done) << report.error.message;
  EXPECT_TRUE(is_partition("events_2019"));
  EXPECT_EQ(database_.integer("SELECT count(*) FROM events WHERE at < '2020-07-01'"), 1);
  EXPECT_EQ(database_.integer("SELECT count(*) FROM pgfill.detached"), 0);
  EXPECT_NE(events("partition_kept").find("attached again"), std::string::npos) << events("partition_kept");
}

TEST_F(DropPartitions, ASessionThatHoldsALockNeitherWaitsNorMakesOthersWait) {
  make_years("CREATE TABLE events_rest PARTITION OF events DEFAULT;");
  Database holder(scratch_.conninfo(), "slow report");
  holder.execute("BEGIN; SELECT count(*) FROM events");
  auto running = std::async(std::launch::async, [this] { return run(purge_spec()); });
  EXPECT_TRUE(eventually(30s, [&] {
    const Result<JobStatus> status = job_status(settings_, "purge");
    return status && status->waiting_for.find("waiting for locks on partition") != std::string::npos;
  }));
  // A session that waits behind a lock that is asked for is not kept for long.
  database_.execute(
      "SET statement_timeout = '5s'; INSERT INTO events VALUES (1, '2021-05-05'); RESET statement_timeout");
  EXPECT_TRUE(exists("events_2019"));
  holder.execute("COMMIT");
  EXPECT_EQ(running.get().exit, ExitCode::done);
  EXPECT_FALSE(exists("events_2019"));
  EXPECT_EQ(deleted(), 2000);
}

TEST_F(DropPartitions, NoMoreRowsGoThanTheJobMayDelete) {
  make_years();
  JobSpec spec = purge_spec();
  Delete kind;
  kind.drop_partitions = true;
  kind.at_most = 2000;
  spec.kind = kind;
  EXPECT_EQ(run(spec).exit, ExitCode::done);
  EXPECT_EQ(database_.integer("SELECT allowance FROM pgfill.job"), 0);
}

TEST_F(DropPartitions, WhereSomebodyWouldNotLearnOfTheDeletionTheyAreRefused) {
  make_years();
  database_.execute(
      "CREATE FUNCTION noop() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN OLD; END';"
      "CREATE TRIGGER tell AFTER DELETE ON events FOR EACH ROW EXECUTE FUNCTION noop()");
  const RunReport report = run(purge_spec());
  EXPECT_EQ(report.error.code, ErrorCode::partitions_kept);
  EXPECT_NE(report.error.message.find("trigger tell"), std::string::npos) << report.error.message;
  EXPECT_TRUE(exists("events_2019"));
}

}  // namespace
}  // namespace pgfill::tests
