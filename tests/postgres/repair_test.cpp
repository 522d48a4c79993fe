// What people do when a job cannot go on: they retry and adopt. Either helps or says why it does not, and changes
// nothing.
#include <future>

#include "pgfill/repair.h"
#include "support/run_job_fixture.h"

namespace pgfill::tests {
namespace {

using namespace std::chrono_literals;

class Repair : public RunJob {
 protected:
  std::int64_t quarantined() {
    return database_.integer("SELECT count(*) FROM pgfill.skipped WHERE state = 'quarantined'");
  }

  Control control_;
};

TEST_F(Repair, ARetryBesideARunnerPutsNothingBack) {
  make_items(1'000);
  database_.execute("ALTER TABLE items ADD CHECK (n = 0 OR id % 100 > 0)");
  Database holder(scratch_.conninfo());
  holder.execute("BEGIN; SELECT FROM items WHERE id = 7 FOR UPDATE");
  JobSpec spec = counter_spec();
  spec.bad_rows.action = BadRows::Action::quarantine;
  Control control;
  auto running = std::async(std::launch::async, [&] { return run_job(spec, settings_, {}, control, watcher_); });
  ASSERT_TRUE(eventually(30s, [&] { return job_status(settings_, "counter") && quarantined() == 10; }));
  const Result<std::int64_t> retried = retry_quarantined(settings_, "counter");
  EXPECT_EQ(quarantined(), 10);
  holder.execute("COMMIT");
  EXPECT_EQ(running.get().error.code, ErrorCode::bad_rows);
  ASSERT_FALSE(retried);
  EXPECT_EQ(retried.error().code, ErrorCode::job_owned);
  database_.execute("ALTER TABLE items DROP CONSTRAINT items_check");
  EXPECT_EQ(*retry_quarantined(settings_, "counter"), 10);
  EXPECT_EQ(run(spec).exit, ExitCode::done);
  expect_each_row_once(1'000);
}

TEST_F(Repair, ATableWithoutAColumnOfTheJobIsNotAdopted) {
  make_items(3'000);
  watcher_.on_batch = [this] { control_.stop(); };
  ASSERT_EQ(run_job(counter_spec(), settings_, {}, control_, watcher_).exit, ExitCode::interrupted);
  watcher_.on_batch = nullptr;
  database_.execute("ALTER TABLE items RENAME n TO m");
  EXPECT_EQ(run(counter_spec()).error.code, ErrorCode::table_changed);
  const Result<std::string> adopted = adopt_job(settings_, "counter");
  ASSERT_FALSE(adopted) << *adopted;
  EXPECT_EQ(adopted.error().code, ErrorCode::table_changed);
  EXPECT_NE(adopted.error().message.find("has no column n now"), std::string::npos) << adopted.error().message;
  database_.execute("ALTER TABLE items RENAME m TO n");
  EXPECT_EQ(run(counter_spec()).exit, ExitCode::done);
  expect_each_row_once(3'000);
}

TEST_F(Repair, ATableThatIsGoneIsToBeGivenItsNameBack) {
  make_items(3'000);
  watcher_.on_batch = [this] { control_.stop(); };
  ASSERT_EQ(run_job(counter_spec(), settings_, {}, control_, watcher_).exit, ExitCode::interrupted);
  watcher_.on_batch = nullptr;
  database_.execute("ALTER TABLE items RENAME TO elsewhere");
  const RunReport refused = run(counter_spec());
  EXPECT_EQ(refused.error.code, ErrorCode::table_changed);
  EXPECT_NE(refused.error.hint.find("give the table its name back"), std::string::npos) << refused.error.hint;
  database_.execute("ALTER TABLE elsewhere RENAME TO items");
  EXPECT_EQ(run(counter_spec()).exit, ExitCode::done);
  expect_each_row_once(3'000);
}

}  // namespace
}  // namespace pgfill::tests
