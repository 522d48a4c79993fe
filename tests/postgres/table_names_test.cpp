// Tables that are called as something of the engine's own statements is, or could be. A real server.
#include <future>

#include "support/run_job_fixture.h"

namespace pgfill::tests {
namespace {

using namespace std::chrono_literals;

class TableNames : public RunJob {
 protected:
  /// Rows 1 to 10 are held until they are listed as deferred.
  RunReport run_with_deferred(const JobSpec& spec) {
    Database holder(scratch_.conninfo());
    holder.execute("BEGIN; SELECT FROM " + spec.table + " WHERE id <= 10 FOR UPDATE");
    auto running = std::async(std::launch::async, [&] { return run(spec); });
    EXPECT_TRUE(eventually(30s, [&] { return running.wait_for(0s) == std::future_status::ready || listed() == 10; }));
    holder.execute("COMMIT");
    return running.get();
  }
  std::int64_t listed() {
    if (database_.integer("SELECT count(*) FROM pg_tables WHERE schemaname = 'pgfill' AND tablename = 'skipped'") == 0)
      return 0;
    return database_.integer("SELECT count(*) FROM pgfill.skipped");
  }
};

TEST_F(TableNames, TheJobsTableMayBeCalledAsAPartOfAStatement) {
  make_items(1000);
  std::string name = "items";
  int times = 0;
  for (const std::string next : {"due", "free", "held", "matching", "changed", "s"}) {
    database_.execute("ALTER TABLE " + name + " RENAME TO " + next);
    name = next;
    JobSpec spec = counter_spec();
    spec.job = spec.table = name;
    const RunReport report = run_with_deferred(spec);
    EXPECT_EQ(report.exit, ExitCode::done) << name << ": " << report.error.message;
    ++times;
    EXPECT_EQ(database_.integer("SELECT count(*) FROM " + name + " WHERE n = " + std::to_string(times)), 1000) << name;
  }
}

TEST_F(TableNames, AnExpressionReadsTheTableItNames) {
  make_items(1000);
  for (const std::string name : {"due", "free", "held", "matching", "changed"}) {
    database_.execute("CREATE TABLE " + name + " (id bigint, bonus int); INSERT INTO " + name + " VALUES (0, 1)");
    JobSpec spec = counter_spec();
    spec.job = name;
    spec.set() = {{"n", "n + (SELECT sum(bonus) FROM " + name + ")"}};
    const RunReport report = run_with_deferred(spec);
    EXPECT_EQ(report.exit, ExitCode::done) << name << ": " << report.error.message;
  }
  EXPECT_EQ(database_.integer("SELECT count(*) FROM items WHERE n = 5"), 1000);
}

}  // namespace
}  // namespace pgfill::tests
