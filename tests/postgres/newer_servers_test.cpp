// Jobs on tables that only newer servers have. An older server refuses to make the table, and that is all it can show.
#include "support/run_job_fixture.h"
#include "support/sessions.h"

namespace pgfill::tests {
namespace {

using NewerServers = RunJob;

TEST_F(NewerServers, AColumnThatIsComputedWhenItIsReadTellsWhatIsToDoAndIsNotSet) {
  if (!execute_if_known(
          database_,
          "CREATE TABLE items (id int PRIMARY KEY, a int, twice int GENERATED ALWAYS AS (a * 2) VIRTUAL, n int)")) {
    EXPECT_LT(server_version(database_), 180000);
    return;
  }
  database_.execute("INSERT INTO items (id, a) SELECT i, i % 10 FROM generate_series(1, 2000) i; ANALYZE items");
  JobSpec spec = counter_spec();
  spec.set() = {{"n", "twice + 1"}};
  spec.where = "twice >= 10 AND n IS NULL";
  const RunReport report = run(spec);
  EXPECT_EQ(report.exit, ExitCode::done) << report.error.message;
  EXPECT_EQ(database_.integer("SELECT count(*) FROM items WHERE n = a * 2 + 1 AND a >= 5"), 1000);
  EXPECT_EQ(database_.integer("SELECT count(*) FROM items WHERE n IS NOT NULL"), 1000);
  spec.job = "computed";
  spec.set() = {{"twice", "1"}};
  spec.where.clear();
  const RunReport refused = run(spec);
  EXPECT_EQ(refused.error.code, ErrorCode::generated_column) << refused.error.message;
}

TEST_F(NewerServers, WhatAVirtualColumnIsComputedFromIsFoundAgainWhereOthersWriteIt) {
  if (!execute_if_known(
          database_,
          "CREATE TABLE items (id int PRIMARY KEY, a int, odd bool GENERATED ALWAYS AS (a % 2 = 1) VIRTUAL)")) {
    EXPECT_LT(server_version(database_), 180000);
    return;
  }
  database_.execute("INSERT INTO items (id, a) SELECT i, i FROM generate_series(1, 2000) i; ANALYZE items");
  JobSpec spec = counter_spec();
  spec.set() = {{"a", "a + 1"}};
  spec.where = "odd";
  bool written = false;
  watcher_.on_batch = [&] {
    if (std::exchange(written, true)) return;
    Database(scratch_.conninfo()).execute("UPDATE items SET a = 1 WHERE id = 2");
  };
  const RunReport report = run(spec);
  EXPECT_EQ(report.exit, ExitCode::done) << report.error.message;
  EXPECT_EQ(database_.integer("SELECT count(*) FROM items WHERE odd"), 0);
}

}  // namespace
}  // namespace pgfill::tests
