// A job that goes over the partitions of its table, killed again and again while partitions come and go and the
// application moves rows between them: each row is done once.
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "postgres/failure.h"
#include "support/database.h"
#include "support/eventually.h"
#include "support/job_process.h"

namespace pgfill::tests {
namespace {

using namespace std::chrono_literals;

/// Moves rows to and fro until it is told to end.
void move_rows(const ScratchDatabase& scratch, const std::atomic<bool>& ended) {
  Database mover(scratch.conninfo(), "application");
  for (int id = 1; !ended; id = 1 + (id + 37) % 8000) {
    try {
      mover.execute("UPDATE items SET part = 3 - part WHERE part IN (1, 2) AND id = " + std::to_string(id));
    } catch (const postgres::Failure& failure) {
      if (failure.sqlstate() != "40001" && failure.sqlstate() != "40P01") throw;
    }
  }
}

TEST(LeavesKill, EachRowIsDoneOnceWhilePartitionsComeAndGo) {
  const ScratchDatabase scratch;
  Database database(scratch.conninfo());
  database.execute(
      "CREATE TABLE items (id int, part int, n int NOT NULL DEFAULT 0, PRIMARY KEY (id, part)) PARTITION BY LIST "
      "(part);"
      "CREATE TABLE items_1 PARTITION OF items FOR VALUES IN (1); CREATE TABLE items_2 PARTITION OF items FOR VALUES "
      "IN (2);"
      "CREATE TABLE items_3 PARTITION OF items FOR VALUES IN (3); CREATE TABLE items_4 (LIKE items INCLUDING ALL);"
      "INSERT INTO items SELECT i, 1 + i % 3 FROM generate_series(1, 24000) i;"
      "INSERT INTO items_4 SELECT i, 4 FROM generate_series(1, 8000) i;"
      "CREATE TABLE audit (id int); CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS "
      "'BEGIN IF new.n <> old.n THEN INSERT INTO audit VALUES (new.id); END IF; RETURN new; END';"
      "CREATE TRIGGER note AFTER UPDATE ON items FOR EACH ROW EXECUTE FUNCTION note(); ANALYZE items");
  ASSERT_TRUE(start_pgfill(scratch, {"install"}).finish(60s).ok());
  std::atomic<bool> ended = false;
  std::thread application([&] { move_rows(scratch, ended); });
  const auto changed = [&] { return database.integer("SELECT count(*) FROM audit"); };
  const std::vector<std::string> changes{"ALTER TABLE items ATTACH PARTITION items_4 FOR VALUES IN (4)",
                                         "ALTER TABLE items DETACH PARTITION items_3",
                                         "ALTER TABLE items ATTACH PARTITION items_3 FOR VALUES IN (3)"};
  int kills = 0;
  for (std::size_t round = 0; round < changes.size(); ++round) {
    auto job = start_pgfill(scratch, {"run", "UPDATE items SET n = n + 1 WHERE n = 0", "--yes", "--workers", "2"});
    eventually(60s, [&] { return changed() >= 3'000 * static_cast<int>(round + 1) || !job.running(); });
    database.execute(changes[round]);
    if (job.running()) ++kills;
    job.kill();
  }
  EXPECT_GT(kills, 0);
  auto last = start_pgfill(scratch, {"run", "UPDATE items SET n = n + 1 WHERE n = 0", "--yes"});
  const bool done = last.finish(120s).ok();
  ended = true;
  application.join();
  ASSERT_TRUE(done) << last.standard_error();
  EXPECT_EQ(database.integer("SELECT count(*) FROM items"), 32'000);
  EXPECT_EQ(database.integer("SELECT count(*) FROM items WHERE n <> 1"), 0);
  EXPECT_EQ(changed(), 32'000);
}

}  // namespace
}  // namespace pgfill::tests
