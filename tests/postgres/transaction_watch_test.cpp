// No transaction of the engine is old. The watch looks on while every test of the shared server runs; here it is shown
// that it sees one.
#include "support/transaction_watch.h"

#include "support/run_job_fixture.h"

namespace pgfill::tests {
namespace {

using namespace std::chrono_literals;

using OldTransactions = RunJob;

TEST_F(OldTransactions, AreSeenWithTheirSessionAndStatement) {
  TransactionWatch watch(scratch_.conninfo(), "tested:%", 200ms);
  Database session(scratch_.conninfo(), "tested:job/1");
  session.execute("BEGIN");
  session.execute("SELECT 17");
  EXPECT_TRUE(eventually(20s, [&] { return !watch.offenders().empty(); }));
  session.execute("COMMIT");
  watch.stop();
  ASSERT_EQ(watch.offenders().size(), 1);
  EXPECT_EQ(*watch.offenders().begin(), "tested:job/1 for longer than 200 ms: SELECT 17");
}

TEST_F(OldTransactions, AreNoneOfAJobsThatWaitsForRowsHeldByOthers) {
  make_items(5000);
  TransactionWatch watch(scratch_.conninfo(), "pgfill:counter/%", 5s);
  Database holder(scratch_.conninfo());
  holder.execute("BEGIN; SELECT FROM items WHERE id % 100 = 0 FOR UPDATE");
  std::thread freed([&] {
    EXPECT_TRUE(eventually(30s, [&] { return watch.looks() > 30; }));
    holder.execute("COMMIT");
  });
  EXPECT_EQ(run(counter_spec()).exit, ExitCode::done);
  freed.join();
  watch.stop();
  EXPECT_EQ(watch.offenders().size(), 0) << *watch.offenders().begin();
}

}  // namespace
}  // namespace pgfill::tests
