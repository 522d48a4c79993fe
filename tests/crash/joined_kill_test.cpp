// A job that joins another table, beside an application that changes both sides in one transaction, killed again and
// again. The oracle: at the end no row differs from what it refers to, and a trigger has logged each change of the job
// with the value it took, which was the parent's at that moment.
#include <gtest/gtest.h>

#include <atomic>
#include <iostream>
#include <random>
#include <thread>

#include "support/database.h"
#include "support/eventually.h"
#include "support/job_process.h"

namespace pgfill::tests {
namespace {

using namespace std::chrono_literals;

constexpr const char* joins =
    "UPDATE child SET v = p.v FROM parent p WHERE p.id = child.parent AND child.v IS DISTINCT FROM p.v";

void make_family(Database& database) {
  database.execute(
      "CREATE TABLE parent (id text PRIMARY KEY, v int NOT NULL);"
      "CREATE TABLE child (tenant int, id uuid DEFAULT gen_random_uuid(), parent text, v int, PRIMARY KEY (tenant, "
      "id));"
      "INSERT INTO parent SELECT 'p' || i, 1 FROM generate_series(1, 500) i;"
      "INSERT INTO child SELECT i % 7, md5(i::text)::uuid, 'p' || 1 + i % 600, 0 FROM generate_series(1, 30000) i; "
      "ANALYZE");
}

/// Gives a parent another value, and its children the same, in one transaction.
void write(const std::string& conninfo, unsigned seed, const std::atomic<bool>& stop) {
  Database database(conninfo, "writer");
  std::minstd_rand random(seed);
  while (!stop) {
    const std::string parent = "'p" + std::to_string(1 + random() % 500) + "'";
    try {
      database.execute("BEGIN; UPDATE parent SET v = v + 1 WHERE id = " + parent +
                       "; UPDATE child SET v = (SELECT v FROM parent WHERE id = " + parent +
                       ") WHERE parent = " + parent + "; COMMIT");
    } catch (const postgres::Failure&) {
      database.execute("ROLLBACK");
    }
  }
}

TEST(JoinedKill, NoRowKeepsAValueThatItsParentHadBefore) {
  const ScratchDatabase scratch;
  Database database(scratch.conninfo());
  make_family(database);
  ASSERT_TRUE(start_pgfill(scratch, {"install"}).finish(60s).ok());
  const auto changed = [&] { return database.integer("SELECT coalesce(sum(rows_changed), 0) FROM pgfill.range"); };
  std::atomic<bool> stop = false;
  std::vector<std::thread> writers;
  for (unsigned seed = 1; seed <= 2; ++seed) writers.emplace_back([&, seed] { write(scratch.conninfo(), seed, stop); });
  std::minstd_rand random(5);
  int kills = 0;
  for (int i = 0; i < number_from_environment("PGFILL_KILLS", 10); ++i) {
    auto job = start_pgfill(scratch, {"run", joins, "--yes", "--workers", "2"});
    const std::int64_t wanted = changed() + static_cast<std::int64_t>(random() % 1'500);
    eventually(20s, [&] { return changed() > wanted || !job.running(); });
    if (job.running()) ++kills;
    job.kill();
  }
  auto last = start_pgfill(scratch, {"run", joins, "--yes", "--workers", "2"});
  EXPECT_TRUE(last.finish(300s).ok()) << last.standard_error();
  stop = true;
  for (std::thread& writer : writers) writer.join();
  EXPECT_GT(kills, 3);
  EXPECT_EQ(
      database.integer("SELECT count(*) FROM child c JOIN parent p ON p.id = c.parent WHERE c.v IS DISTINCT FROM p.v"),
      0);
  EXPECT_EQ(
      database.integer(
          "SELECT count(*) FROM child c WHERE v <> 0 AND NOT EXISTS (SELECT FROM parent p WHERE p.id = c.parent)"),
      0);
  EXPECT_EQ(database.integer("SELECT count(*) FROM pgfill.skipped"), 0);
  std::cout << kills << " kills, " << changed() << " changed by the job\n";
}

}  // namespace
}  // namespace pgfill::tests
