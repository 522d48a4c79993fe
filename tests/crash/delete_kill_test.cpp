// A job that deletes rows beside writers and is killed again and again. The oracle: a trigger logs each row as it was
// when it was deleted, which is as it was locked. So the rows that the job deleted are exactly rows that matched then,
// each once, and as many as the ledger says; and none is left that matches.
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <fstream>
#include <iostream>
#include <random>
#include <thread>
#include <vector>

#include "support/database.h"
#include "support/eventually.h"
#include "support/job_process.h"

namespace pgfill::tests {
namespace {

using namespace std::chrono_literals;

const int rows = static_cast<int>(number_from_environment("PGFILL_ROWS", 40'000));
constexpr const char* purge = "DELETE FROM events WHERE at < now() - interval '90 days'";

void make_events(Database& database) {
  database.execute(
      "CREATE TABLE events (id bigint PRIMARY KEY, at timestamptz NOT NULL, n int NOT NULL DEFAULT 0);"
      "CREATE TABLE parts (id bigserial PRIMARY KEY, event bigint REFERENCES events ON DELETE CASCADE);"
      "CREATE INDEX ON parts (event);"
      "CREATE TABLE gone (id bigint, at timestamptz, by text);"
      "CREATE FUNCTION log_gone() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
      "INSERT INTO gone VALUES (OLD.id, OLD.at, current_setting('application_name')); RETURN NULL; END $$;"
      "CREATE TRIGGER log_gone AFTER DELETE ON events FOR EACH ROW EXECUTE FUNCTION log_gone();"
      "INSERT INTO events SELECT i, now() - interval '1 day' * (i % 181) FROM generate_series(1, " +
      std::to_string(rows) +
      ") i;"
      "INSERT INTO parts (event) SELECT id FROM events WHERE id % 10 = 0; ANALYZE");
}

/// An application that makes rows old and young, deletes some, adds some, and refers to some; all of it of its own keys
/// only where it matters that a key is used once.
void write(const std::string& conninfo, unsigned seed, const std::atomic<bool>& stop) {
  Database database(conninfo, "writer");
  std::minstd_rand random(seed);
  std::int64_t fresh = rows + 1'000'000LL * seed;  // keys that no row has had
  while (!stop) {
    const std::string id = std::to_string(1 + random() % rows);
    const std::string age = random() % 2 == 0 ? "100 days" : "1 day";
    std::string statement;
    switch (random() % 8) {
      case 0:
        statement = "DELETE FROM events WHERE id = " + id;
        break;
      case 1:
        statement = "INSERT INTO events VALUES (" + std::to_string(++fresh) + ", now() - interval '" + age + "')";
        break;
      case 2:
        statement = "INSERT INTO parts (event) SELECT id FROM events WHERE id = " + id;
        break;
      default:
        statement = "UPDATE events SET n = n + 1, at = now() - interval '" + age + "' WHERE id = " + id;
    }
    try {
      database.execute("BEGIN; " + statement + "; SELECT pg_sleep(0.002); COMMIT");
    } catch (const postgres::Failure&) {
      database.execute("ROLLBACK");  // what it refers to has just been deleted
    }
  }
}

std::vector<std::string> run_arguments(const std::string& spec) {
  return {"run", spec, "--yes", "--workers", "2"};
}

/// The file of a spec that deletes from events.
std::string spec_of(const ScratchDatabase& scratch, const std::string& fields) {
  const std::string path = testing::TempDir() + "/" + scratch.name() + ".yaml";
  std::ofstream(path) << "version: 1\njob: purge\ntable: events\ndelete: true\nthrottle: {courtesy: off}\n" << fields;
  return path;
}

/// The rows that the job has deleted are those that matched when they were locked, and none is left.
void expect_exactly_those(Database& database, std::int64_t deleted) {
  const std::string bound =
      database.value("SELECT substring(spec_yaml FROM $$'([0-9: .+-]+)'::timestamptz$$) FROM pgfill.job");
  const std::string old = "at < '" + bound + "'::timestamptz - interval '90 days'";
  EXPECT_EQ(database.integer("SELECT count(*) FROM gone WHERE by LIKE 'pgfill%' AND NOT (" + old + ")"), 0);
  EXPECT_EQ(database.integer("SELECT count(*) FROM (SELECT id FROM gone GROUP BY id HAVING count(*) > 1) twice"), 0);
  EXPECT_EQ(database.integer("SELECT count(*) FROM gone WHERE by LIKE 'pgfill%'"), deleted);
  EXPECT_EQ(database.integer("SELECT count(*) FROM events WHERE " + old), 0);
  EXPECT_EQ(
      database.integer("SELECT count(*) FROM parts p WHERE NOT EXISTS (SELECT FROM events e WHERE e.id = p.event)"), 0);
  EXPECT_EQ(database.integer("SELECT count(*) FROM pgfill.skipped"), 0);
}

void report(Database& database, int kills, std::int64_t deleted) {
  std::cout << rows << " rows, " << kills << " kills, " << deleted << " deleted by the job, "
            << database.integer("SELECT count(*) FROM gone") - deleted << " by the application\n";
}

TEST(DeleteCrash, ExactlyTheRowsThatMatchedWhenTheyWereLockedAreGoneOnce) {
  const ScratchDatabase scratch;
  Database database(scratch.conninfo());
  make_events(database);
  ASSERT_TRUE(start_pgfill(scratch, {"install"}).finish(60s).ok());
  const std::string spec = spec_of(scratch,
                                   "where: at < now() - interval '90 days'\naccept_cascade: [parts]\n"
                                   "batch: {max_rows: " +
                                       std::to_string(std::max(400, rows / 200)) + "}\n");
  const auto deleted = [&] { return database.integer("SELECT coalesce(sum(rows_changed), 0) FROM pgfill.range"); };
  std::atomic<bool> stop = false;
  std::vector<std::thread> writers;
  for (unsigned seed = 1; seed <= 3; ++seed) writers.emplace_back([&, seed] { write(scratch.conninfo(), seed, stop); });
  std::minstd_rand random(7);
  int kills = 0;
  for (int i = 1; i <= number_from_environment("PGFILL_KILLS", 12); ++i) {
    auto job = start_pgfill(scratch, run_arguments(spec));
    const std::int64_t wanted = deleted() + static_cast<std::int64_t>(random() % (rows / 26));
    eventually(20s, [&] { return deleted() > wanted || !job.running(); });
    if (job.running()) ++kills;
    job.kill();
  }
  stop = true;
  for (std::thread& writer : writers) writer.join();
  auto last = start_pgfill(scratch, run_arguments(spec));
  EXPECT_TRUE(last.finish(900s).ok()) << last.standard_error();
  EXPECT_GT(kills, 3);
  expect_exactly_those(database, deleted());
  EXPECT_GT(deleted(), rows / 4);
  report(database, kills, deleted());
}

/// `events` with keys 0 to 19,999, in 20 partitions.
void make_partitions(Database& database) {
  std::string leaves;
  for (int i = 0; i < 20; ++i) {
    leaves += "CREATE TABLE events_" + std::to_string(i) + " PARTITION OF events FOR VALUES FROM (" +
              std::to_string(i * 1000) + ") TO (" + std::to_string((i + 1) * 1000) + ");";
  }
  database.execute("CREATE TABLE events (id bigint PRIMARY KEY, n int) PARTITION BY RANGE (id);" + leaves +
                   "INSERT INTO events SELECT i, 0 FROM generate_series(0, 19999) i; ANALYZE events");
}

void write_to_partitions(const std::string& conninfo, const std::atomic<bool>& stop) {
  Database application(conninfo, "writer");
  for (unsigned n = 0; !stop; ++n) {
    try {
      application.execute("BEGIN; UPDATE events SET n = n + 1 WHERE id = " + std::to_string(n * 7919 % 20000) +
                          "; SELECT pg_sleep(0.005); COMMIT");
    } catch (const postgres::Failure&) {
      application.execute("ROLLBACK");
    }
  }
}

/// Killed while partitions are dropped instead: each row that matched is gone once, and no table of the job is left.
TEST(DeleteCrash, PartitionsThatGoWholeAreGoneAndCountedOnce) {
  const ScratchDatabase scratch;
  Database database(scratch.conninfo());
  make_partitions(database);
  ASSERT_TRUE(start_pgfill(scratch, {"install"}).finish(60s).ok());
  const std::string spec = spec_of(scratch, "where: id < 15500\ndrop_partitions: true\n");
  std::atomic<bool> stop = false;
  std::thread writer([&] { write_to_partitions(scratch.conninfo(), stop); });
  std::minstd_rand random(11);
  const auto there = [&] {
    return database.integer("SELECT count(*) FROM pg_inherits WHERE inhparent = 'events'::regclass");
  };
  int half_way = 0;
  for (int i = 0; i < number_from_environment("PGFILL_KILLS", 12); ++i) {
    auto job = start_pgfill(scratch, run_arguments(spec));
    const std::int64_t before = there();
    eventually(20s, [&] { return there() < before || !job.running(); });
    std::this_thread::sleep_for(std::chrono::microseconds(random() % 20'000));
    job.kill();
    half_way += static_cast<int>(database.integer("SELECT count(*) FROM pgfill.detached"));
  }
  stop = true;
  writer.join();
  auto last = start_pgfill(scratch, run_arguments(spec));
  EXPECT_TRUE(last.finish(120s).ok()) << last.standard_error();
  EXPECT_EQ(database.integer("SELECT count(*) FROM events"), 4500);
  EXPECT_EQ(database.integer("SELECT count(*) FROM pg_class WHERE relname LIKE 'events\\_%' AND relkind = 'r'"), 5);
  EXPECT_EQ(database.integer("SELECT sum(rows_changed) FROM pgfill.range"), 15'500);
  EXPECT_EQ(database.integer("SELECT count(*) FROM pgfill.detached"), 0);
  std::cout << "killed half way: " << half_way << '\n';
}

TEST(DeleteCrash, AStatementThatWouldDeleteInOtherTablesShowsItAndIsNotRun) {
  const ScratchDatabase scratch;
  Database database(scratch.conninfo());
  make_events(database);
  auto run = start_pgfill(scratch, {"run", purge, "--yes"});
  EXPECT_FALSE(run.finish(60s).ok());
  EXPECT_NE(run.standard_error().find("ON DELETE CASCADE deletes the rows there"), std::string::npos)
      << run.standard_error();
  EXPECT_EQ(database.integer("SELECT count(*) FROM events"), rows);
}

}  // namespace
}  // namespace pgfill::tests
