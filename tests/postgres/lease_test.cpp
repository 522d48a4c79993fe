// Leases of runners that have been replaced: their statements may be under way still.
#include <future>

#include "ledger/statements.h"
#include "support/run_job_fixture.h"

namespace pgfill::tests {
namespace {

using namespace std::chrono_literals;

class Lease : public RunJob {
 protected:
  /// A job of two ranges that nobody runs.
  void SetUp() override {
    make_items(100);
    Control stopped;
    stopped.stop();
    ASSERT_EQ(run_job(counter_spec(), settings_, {}, stopped, watcher_).exit, ExitCode::interrupted);
    database_.execute(
        "INSERT INTO pgfill.range (job_id, range_id, share) SELECT job_id, range_id + 1, 0 FROM pgfill.range;"
        "UPDATE pgfill.job SET last_range_id = last_range_id + 1");
    job_ = database_.value("SELECT id FROM pgfill.job");
  }
  std::string begin_runner() {
    return database_.value(
        "WITH former AS (UPDATE pgfill.runner SET ended_at = clock_timestamp() WHERE ended_at IS NULL)"
        "INSERT INTO pgfill.runner (job_id, host, pid, alive_until) "
        "VALUES (" +
        job_ + ", 'here', 1, clock_timestamp() + interval '1 min') RETURNING id");
  }
  /// The range that the runner gets; empty: none.
  std::string lease(Database& session, const std::string& runner) {
    const postgres::Rows rows = session.rows(std::string(sql::ledger_lease_next.text), {job_, runner});
    return rows.empty() ? "" : rows.string(0, 0);
  }

  std::string job_;
};

TEST_F(Lease, IsNotTakenFromThePresentRunnerByAStatementOfAFormerOne) {
  Database batch(settings_.conninfo);
  Database zombie(settings_.conninfo, "zombie");
  const std::string former = begin_runner();
  // It waits for a range that a batch is about to end, and has seen the next one free.
  batch.execute("BEGIN; UPDATE pgfill.range SET done = true WHERE range_id = (SELECT min(range_id) FROM pgfill.range)");
  auto leased = std::async(std::launch::async, [&] { return lease(zombie, former); });
  ASSERT_TRUE(eventually(30s, [&] {
    return database_.integer(
               "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'zombie' "
               "AND wait_event_type = 'Lock'") == 1;
  }));
  const std::string present = begin_runner();
  database_.execute("UPDATE pgfill.range SET epoch = 1, runner_id = " + present +
                    " WHERE range_id = (SELECT max(range_id) FROM pgfill.range)");
  batch.execute("COMMIT");
  EXPECT_EQ(leased.get(), "");
  EXPECT_EQ(database_.value("SELECT runner_id || ' ' || epoch FROM pgfill.range WHERE NOT done"), present + " 1");
}

TEST_F(Lease, OfAFormerRunnerIsTakenByThePresentOne) {
  const std::string former = begin_runner();
  const std::string first = lease(database_, former);
  EXPECT_NE(first, "");
  const std::string present = begin_runner();
  EXPECT_EQ(lease(database_, former), "");
  EXPECT_EQ(lease(database_, present), first);
  EXPECT_NE(lease(database_, present), "");
  EXPECT_EQ(lease(database_, present), "") << "both are its own now";
}

TEST_F(Lease, APartThatIsGivenAwayIsInTheSamePassAndOfTheSameFile) {
  const std::string range = lease(database_, begin_runner());
  database_.execute(
      "UPDATE pgfill.range SET stripe = 3, stripes = 2, filenode = 4711, share = 0.5, rows_walked = 40 "
      "WHERE range_id = " +
      range);
  const postgres::Rows far =
      database_.rows(std::string(sql::ledger_split_range.text), {job_, range, "{50}", "0.2", "30"});
  EXPECT_EQ(database_.value("SELECT format('%s %s %s %s %s %s', lower_key, cursor_key, stripe, stripes, filenode, "
                            "rows_walked) FROM pgfill.range WHERE range_id = " +
                            far.string(0, 0)),
            "{50} {50} 3 2 4711 30");
  EXPECT_EQ(
      database_.value("SELECT format('%s %s', upper_key, rows_walked) FROM pgfill.range WHERE range_id = " + range),
      "{50} 10");
}

/// By the heap: positions mean nothing in another file.
TEST_F(Lease, OnlyThePresentRunnerBeginsRangesAnewInAnotherFile) {
  const std::string former = begin_runner();
  const std::string present = begin_runner();
  database_.execute(
      "UPDATE pgfill.job SET by_position = true;"
      "UPDATE pgfill.range SET done = true, cursor_key = '{\"(7,0)\"}', lower_key = '{\"(0,0)\"}', filenode = 1");
  const std::string done = "SELECT string_agg(done || ' ' || cursor_key[1], ', ') FROM pgfill.range";
  const auto follow = [&](const std::string& runner) {
    database_.rows(std::string(sql::ledger_follow_file.text), {job_, runner});
    return database_.value(done);
  };
  EXPECT_EQ(follow(former), "true (7,0), true (7,0)");
  EXPECT_TRUE(database_.rows(std::string(sql::ledger_finish_job.text), {job_}).empty()) << "a range is of no file";
  EXPECT_EQ(follow(present), "false (0,0), false (0,0)");
  database_.execute("UPDATE pgfill.range SET done = true");
  EXPECT_EQ(database_.rows(std::string(sql::ledger_finish_job.text), {job_}).size(), 1);
}

}  // namespace
}  // namespace pgfill::tests
