// A job that deletes rows beside writers and is killed again and again. The oracle: a trigger logs each row as it was
// when it was deleted, which is as it was locked. So the rows that the job deleted are exactly rows that matched then,
// each once, and as many as the ledger says; and none is left that matches.
#include <gtest/gtest.h>

#include <atomic>
#include <fstream>
#include <random>
#include <thread>
#include <vector>

#include "support/database.h"
#include "support/eventually.h"
#include "support/job_process.h"

namespace pgfill::tests {
namespace {

using namespace std::chrono_literals;

constexpr int rows = 40'000;
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
  std::int64_t fresh = 1'000'000LL * (seed + 1);
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

TEST(DeleteCrash, ExactlyTheRowsThatMatchedWhenTheyWereLockedAreGoneOnce) {
  const ScratchDatabase scratch;
  Database database(scratch.conninfo());
  make_events(database);
  ASSERT_TRUE(start_pgfill(scratch, {"install"}).finish(60s).ok());
  const std::string spec = testing::TempDir() + "/" + scratch.name() + ".yaml";
  std::ofstream(spec) << "version: 1\njob: purge\ntable: events\ndelete: true\nwhere: at < now() - interval '90 days'\n"
                         "accept_cascade: [parts]\nbatch: {max_rows: 400}\nthrottle: {courtesy: off}\n";
  const auto deleted = [&] { return database.integer("SELECT coalesce(sum(rows_changed), 0) FROM pgfill.range"); };
  std::atomic<bool> stop = false;
  std::vector<std::thread> writers;
  for (unsigned seed = 1; seed <= 3; ++seed) writers.emplace_back([&, seed] { write(scratch.conninfo(), seed, stop); });
  std::minstd_rand random(7);
  int kills = 0;
  for (int i = 1; i <= number_from_environment("PGFILL_KILLS", 12); ++i) {
    auto job = start_pgfill(scratch, run_arguments(spec));
    const std::int64_t wanted = deleted() + static_cast<std::int64_t>(random() % 1500);
    eventually(20s, [&] { return deleted() > wanted || !job.running(); });
    if (job.running()) ++kills;
    job.kill();
  }
  stop = true;
  for (std::thread& writer : writers) writer.join();
  auto last = start_pgfill(scratch, run_arguments(spec));
  EXPECT_TRUE(last.finish(120s).ok()) << last.standard_error();
  EXPECT_GT(kills, 3);

  const std::string bound =
      database.value("SELECT substring(spec_yaml FROM $$'([0-9: .+-]+)'::timestamptz$$) FROM pgfill.job");
  const std::string old = "at < '" + bound + "'::timestamptz - interval '90 days'";
  EXPECT_EQ(database.integer("SELECT count(*) FROM gone WHERE by LIKE 'pgfill%' AND NOT (" + old + ")"), 0);
  EXPECT_EQ(database.integer("SELECT count(*) FROM (SELECT id FROM gone GROUP BY id HAVING count(*) > 1) twice"), 0);
  EXPECT_EQ(database.integer("SELECT count(*) FROM gone WHERE by LIKE 'pgfill%'"), deleted());
  EXPECT_EQ(database.integer("SELECT count(*) FROM events WHERE " + old), 0);
  EXPECT_EQ(
      database.integer("SELECT count(*) FROM parts p WHERE NOT EXISTS (SELECT FROM events e WHERE e.id = p.event)"), 0);
  EXPECT_EQ(database.integer("SELECT count(*) FROM pgfill.skipped"), 0);
  EXPECT_GT(deleted(), rows / 4);
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
