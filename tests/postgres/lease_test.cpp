// Leases of runners that have been replaced: their statements may be under way still.
#include <functional>
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
    database_.execute("UPDATE pgfill.runner SET ended_at = clock_timestamp() WHERE ended_at IS NULL");
    return add_runner();
  }
  std::string add_runner() {
    return database_.value(
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

/// A statement of a former runner waits for a range that a batch is about to end, and has seen the next one free.
class WaitingLease : public Lease {
 protected:
  /// What it gets when `meanwhile` has happened.
  std::string lease_while(const std::function<void()>& meanwhile) {
    Database batch(settings_.conninfo);
    Database zombie(settings_.conninfo, "zombie");
    const std::string former = begin_runner();
    batch.execute(
        "BEGIN; UPDATE pgfill.range SET done = true WHERE range_id = (SELECT min(range_id) FROM pgfill.range)");
    auto leased = std::async(std::launch::async, [&] { return lease(zombie, former); });
    EXPECT_TRUE(eventually(30s, [&] {
      return database_.integer(
                 "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'zombie' "
                 "AND wait_event_type = 'Lock'") == 1;
    }));
    meanwhile();
    batch.execute("COMMIT");
    return leased.get();
  }
};

TEST_F(WaitingLease, IsNotTakenFromThePresentRunner) {
  std::string present;
  EXPECT_EQ(lease_while([&] {
              present = begin_runner();
              database_.execute("UPDATE pgfill.range SET epoch = 1, runner_id = " + present +
                                " WHERE range_id = (SELECT max(range_id) FROM pgfill.range)");
            }),
            "");
  EXPECT_EQ(database_.value("SELECT runner_id || ' ' || epoch FROM pgfill.range WHERE NOT done"), present + " 1");
}

TEST_F(WaitingLease, IsNotGivenToARunnerThatWasReplacedMeanwhile) {
  EXPECT_EQ(lease_while([&] { begin_runner(); }), "");
  EXPECT_EQ(database_.value("SELECT coalesce(runner_id, 0) || ' ' || epoch FROM pgfill.range WHERE NOT done"), "0 0");
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

/// Of several runners of one job, as they are in the ledger.
TEST_F(Lease, OfALiveRunnerIsNotTakenByAnotherOne) {
  const std::string one = begin_runner();
  const std::string other = add_runner();
  const std::string first = lease(database_, one);
  const std::string second = lease(database_, other);
  EXPECT_NE(first, "");
  EXPECT_NE(second, "");
  EXPECT_NE(first, second);
  EXPECT_EQ(lease(database_, one), "");
  EXPECT_EQ(lease(database_, other), "");
}

TEST_F(Lease, IsFreeAsSoonAsItsRunnerIsDead) {
  const std::string one = begin_runner();
  const std::string first = lease(database_, one);
  const std::string other = add_runner();
  EXPECT_NE(lease(database_, other), "");
  EXPECT_EQ(lease(database_, other), "") << "the other range is a live runner's";
  database_.execute("UPDATE pgfill.runner SET alive_until = clock_timestamp() WHERE id = " + one);
  EXPECT_EQ(lease(database_, other), first);
  EXPECT_EQ(database_.value("SELECT epoch FROM pgfill.range WHERE range_id = " + first), "2") << "the former is fenced";
}

TEST_F(Lease, EndsWithItsRunnerAndTheOthersGoOn) {
  const std::string one = begin_runner();
  const std::string other = add_runner();
  const std::string first = lease(database_, one);
  const std::string second = lease(database_, other);
  database_.execute("UPDATE pgfill.job SET state = 'running', reason = ''");
  const auto end = [&](const std::string& runner) {
    database_.rows(std::string(sql::ledger_end_runner.text), {runner, "stopped", "by a person"});
  };
  const std::string state = "SELECT state || ' ' || reason FROM pgfill.job";
  const std::string held = "SELECT string_agg(range_id || ' ' || runner_id, ', ') FROM pgfill.range WHERE NOT done";
  end(one);
  EXPECT_EQ(database_.value(held), second + ' ' + other);
  EXPECT_EQ(database_.value(state), "running ") << "the job is not over while a runner of it lives";
  EXPECT_EQ(database_.rows(std::string(sql::ledger_heartbeat.text), {other, "9000", "{}", "1"}).size(), 1);
  end(other);
  EXPECT_EQ(database_.value(state), "stopped by a person");
}

TEST_F(Lease, OfADeadRunnerEndsWhenAnotherBeginsAndThoseOfLiveOnesDoNot) {
  const std::string dead = begin_runner();
  const std::string alive = add_runner();
  database_.execute("UPDATE pgfill.runner SET alive_until = clock_timestamp() WHERE id = " + dead);
  const postgres::Rows begun = database_.rows(std::string(sql::ledger_begin_runner.text),
                                              {job_, "there", "2", "9000", "1", alive + "0", "mark"});
  EXPECT_TRUE(begun.empty()) << "another than the present one was seen";
  database_.execute("UPDATE pgfill.runner SET alive_until = clock_timestamp() + interval '1 h' WHERE id = " + alive);
  const std::string open = "SELECT string_agg(id::text, ' ' ORDER BY id) FROM pgfill.runner WHERE ended_at IS NULL";
  const std::string taken = add_runner();
  const std::string next =
      database_.rows(std::string(sql::ledger_begin_runner.text), {job_, "there", "2", "9000", "1", taken, "mark"})
          .front()
          .string("id");
  EXPECT_EQ(database_.value(open), alive + ' ' + next);
}

TEST_F(Lease, TheJobIsDoneWhenTheLastOfItsPhasesIs) {
  EXPECT_EQ(database_.value("SELECT string_agg(position || ' ' || name, ', ') FROM pgfill.phase"), "1 backfill");
  database_.execute(
      "INSERT INTO pgfill.phase (job_id, position, name) SELECT id, 2, 'verify' FROM pgfill.job;"
      "UPDATE pgfill.range SET done = true");
  const auto finish = [&] { return database_.rows(std::string(sql::ledger_finish_job.text), {job_}).size(); };
  EXPECT_EQ(finish(), 0) << "one phase is left";
  EXPECT_NE(database_.value("SELECT state FROM pgfill.job"), "done");
  EXPECT_EQ(database_.value("SELECT count(*) FROM pgfill.phase WHERE finished_at IS NOT NULL"), "1");
  EXPECT_EQ(finish(), 1);
  EXPECT_EQ(database_.value("SELECT state FROM pgfill.job"), "done");
  EXPECT_EQ(finish(), 1) << "its answer may have been lost";
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

/// In physical order: positions mean nothing in another file.
TEST_F(Lease, OnlyThePresentRunnerBeginsRangesAnewInAnotherFile) {
  const std::string former = begin_runner();
  const std::string present = begin_runner();
  database_.execute(
      "UPDATE pgfill.relation SET by_position = true;"
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
