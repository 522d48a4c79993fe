// The oracle finds what it is there to find: each way of being wrong is made by hand and must be named.
#include <gtest/gtest.h>

#include <set>

#include "ledger/statements.h"
#include "rig/oracle.h"
#include "rig/subject.h"
#include "rig/writers.h"
#include "support/database.h"
#include "support/eventually.h"
#include "support/shared_cluster.h"

namespace pgfill::tests {
namespace {

using namespace std::chrono_literals;

constexpr int rows = 2000;

ConnectionSettings settings_of(const ScratchDatabase& scratch) {
  ConnectionSettings settings;
  settings.conninfo = scratch.conninfo();
  return settings;
}

std::set<std::string> wrong(const rig::Verdict& verdict) {
  std::set<std::string> names;
  for (const auto& check : verdict.checks) {
    if (check.violations > 0 || check.compared == 0) names.insert(check.name);
  }
  return names;
}

/// A job by hand: two ranges, batches of 500 keys, the cursor in the same transaction.
class DemoOracle : public ::testing::Test {
 protected:
  void prepare_ledger() {
    database_.execute(std::string(sql::ledger_tables.text));
    database_.execute(std::string(sql::ledger_functions.text));
    database_.execute(
        "INSERT INTO pgfill.job (name, spec_yaml, canonical, table_oid, table_schema, table_name, key_columns, "
        "key_types, search_path, estimated_rows, last_range_id, spec_hash, fingerprint, servers) "
        "VALUES ('by-hand', '', '', 0, 'public', 't', '{k}', '{bigint}', '', 2000, 2, '', '{}', '{}');"
        "INSERT INTO pgfill.relation (job_id, relation_id, oid, schema_name, table_name, estimated_rows) "
        "VALUES (1, 1, 0, 'public', 't', 2000);"
        "INSERT INTO pgfill.range (job_id, range_id, lower_key, upper_key, cursor_key, share, epoch) VALUES "
        "(1, 1, NULL, '{10000}', NULL, 0.5, 1), (1, 2, '{10000}', NULL, '{10000}', 0.5, 1)");
  }

  void batch(int range, const std::string& lower, const std::string& upper) {
    database_.execute("BEGIN;WITH done AS (UPDATE subject SET n = n + 1, d = a * 2 + 1 WHERE k > " + lower +
                      " AND k <= " + upper + " RETURNING 1) UPDATE pgfill.range SET cursor_key = '{" + upper +
                      "}', rows_changed = rows_changed + (SELECT count(*) FROM done) WHERE range_id = " +
                      std::to_string(range) + ";COMMIT");
  }

  void prepare_subject() {
    rig::create_subject(settings_, rows);
    prepare_ledger();
    rig::audit_ledger(settings_);
  }

  void run_subject() {
    for (int batch_number = 0; batch_number < 5; ++batch_number) {
      batch(1, std::to_string(batch_number * 2000), std::to_string(batch_number * 2000 + 2000));
      const std::string upper = batch_number == 4 ? "999999999" : std::to_string(12000 + batch_number * 2000);
      batch(2, std::to_string(10000 + batch_number * 2000), upper);
    }
    database_.execute("UPDATE pgfill.range SET done = true");
  }

  std::set<std::string> judge() { return wrong(rig::judge_subject(settings_, acknowledged_)); }

  ScratchDatabase scratch_;
  ConnectionSettings settings_ = settings_of(scratch_);
  Database database_{scratch_.conninfo(), "pgfill:by-hand/1"};
  std::vector<std::int64_t> acknowledged_;
};

TEST_F(DemoOracle, ARightJobBesideWritersPasses) {
  prepare_subject();
  rig::WritersOptions options;
  options.rate = 2000;
  rig::Writers writers(settings_, rig::subject_workload(rows), options);
  ASSERT_TRUE(eventually(20s, [&] { return writers.acknowledged().size() > 100; }));
  run_subject();
  const auto before = writers.acknowledged().size();
  ASSERT_TRUE(eventually(20s, [&] { return writers.acknowledged().size() > before + 50; }));
  writers.stop();
  EXPECT_TRUE(writers.errors().empty());
  const auto verdict = rig::judge_subject(settings_, writers.acknowledged());
  EXPECT_TRUE(verdict.passed()) << verdict.to_text();
  EXPECT_EQ(verdict.checks.size(), 8U);
  EXPECT_GT(writers.latency().transactions, 100);
  EXPECT_GE(writers.latency().max, writers.latency().p99);
  EXPECT_GE(writers.latency().p99, writers.latency().p50);
}

TEST_F(DemoOracle, FindsARowDoneTwice) {
  prepare_subject();
  run_subject();
  database_.execute("UPDATE subject SET n = n + 1 WHERE k = 500");
  EXPECT_EQ(judge(), (std::set<std::string>{"every row done once", "no row done twice",
                                            "ledger and rows agree in every transaction"}));
}

TEST_F(DemoOracle, FindsARowDoneTwiceAndThenDeleted) {
  prepare_subject();
  run_subject();
  database_.execute("UPDATE subject SET n = n + 1 WHERE k = 500; DELETE FROM subject WHERE k = 500");
  EXPECT_TRUE(judge().contains("no row done twice"));
}

TEST_F(DemoOracle, FindsARowLeftOut) {
  prepare_subject();
  run_subject();
  database_.execute("ALTER TABLE subject DISABLE TRIGGER audit; UPDATE subject SET n = 0 WHERE k = 500");
  EXPECT_EQ(judge(), std::set<std::string>{"every row done once"});
}

TEST_F(DemoOracle, FindsALostWriteOfTheApplication) {
  prepare_subject();
  run_subject();
  database_.execute("UPDATE subject SET a = a + 1, d = d + 2 WHERE k = 500");
  EXPECT_EQ(judge(), std::set<std::string>{"values of the application add up"});
}

TEST_F(DemoOracle, FindsARowThatVanished) {
  prepare_subject();
  run_subject();
  database_.execute("DELETE FROM subject WHERE k = 500");
  EXPECT_EQ(judge(), std::set<std::string>{"values of the application add up"});
}

TEST_F(DemoOracle, FindsAnAcknowledgedOperationThatIsMissing) {
  prepare_subject();
  run_subject();
  acknowledged_ = {7};
  EXPECT_EQ(judge(), std::set<std::string>{"no acknowledged write of the application lost"});
}

TEST_F(DemoOracle, FindsAValueDerivedFromAnOldRow) {
  prepare_subject();
  run_subject();
  database_.execute("UPDATE subject SET d = d + 1 WHERE k = 500");
  EXPECT_EQ(judge(), std::set<std::string>{"derived values fit"});
}

TEST_F(DemoOracle, FindsALedgerThatClaimsTooMuch) {
  prepare_subject();
  run_subject();
  database_.execute("UPDATE pgfill.range SET rows_changed = rows_changed + 1 WHERE range_id = 1");
  EXPECT_EQ(judge(), std::set<std::string>{"ledger and rows agree in every transaction"});
}

TEST_F(DemoOracle, FindsACursorThatSteppedBack) {
  prepare_subject();
  run_subject();
  database_.execute("UPDATE pgfill.range SET cursor_key = '{4000}' WHERE range_id = 1");
  EXPECT_EQ(judge(), std::set<std::string>{"every step of a range follows the one before"});
}

TEST_F(DemoOracle, FindsAGapBetweenRangesAndARangeNotDone) {
  prepare_subject();
  run_subject();
  database_.execute("UPDATE pgfill.range SET lower_key = '{10001}' WHERE range_id = 2");
  EXPECT_EQ(judge(), std::set<std::string>{"ranges cover every key once"});
  database_.execute("UPDATE pgfill.range SET lower_key = '{10000}', done = false WHERE range_id = 2");
  EXPECT_EQ(judge(), std::set<std::string>{"ranges cover every key once"});
}

TEST_F(DemoOracle, ACheckThatComparesNothingFails) {
  rig::create_subject(settings_, 0);
  prepare_ledger();
  rig::audit_ledger(settings_);
  EXPECT_FALSE(rig::judge_subject(settings_, {}).passed());
  EXPECT_FALSE(rig::Verdict{}.passed());
}

/// The users table of the demo, filled by hand.
class DemoUsersOracle : public DemoOracle {
 protected:
  void SetUp() override {
    rig::create_users(settings_, rows);
    prepare_ledger();
  }

  void run_users() {
    database_.execute(
        "WITH done AS (UPDATE users SET account_state = user_status WHERE account_state IS NULL RETURNING 1) "
        "UPDATE pgfill.range SET rows_changed = (SELECT count(*) FROM done) WHERE range_id = 1;"
        "UPDATE pgfill.range SET done = true");
  }

  std::set<std::string> judge_users() { return wrong(rig::judge_users(settings_, rows, acknowledged_)); }
};

TEST_F(DemoUsersOracle, ARightJobBesideWritersPasses) {
  rig::WritersOptions options;
  options.rate = 2000;
  rig::Writers writers(settings_, rig::users_workload(rows), options);
  ASSERT_TRUE(eventually(20s, [&] { return writers.acknowledged().size() > 100; }));
  run_users();
  const auto before = writers.acknowledged().size();
  ASSERT_TRUE(eventually(20s, [&] { return writers.acknowledged().size() > before + 50; }));
  writers.stop();
  const auto verdict = rig::judge_users(settings_, rows, writers.acknowledged());
  EXPECT_TRUE(verdict.passed()) << verdict.to_text();
  EXPECT_EQ(verdict.checks.size(), 6U);
}

TEST_F(DemoUsersOracle, FindsWrongValuesWrongCountsAndLostWrites) {
  run_users();
  EXPECT_EQ(judge_users(), std::set<std::string>{});
  database_.execute("UPDATE pgfill.range SET rows_changed = rows_changed - 1 WHERE range_id = 1");
  EXPECT_EQ(judge_users(), std::set<std::string>{"every row counted once"});
  database_.execute("UPDATE pgfill.range SET rows_changed = rows_changed + 1 WHERE range_id = 1");
  database_.execute("UPDATE users SET account_state = NULL WHERE id = 5");
  EXPECT_EQ(judge_users(), std::set<std::string>{"every row has its value"});
  database_.execute("UPDATE users SET account_state = user_status, payload = 'x' WHERE id = 5");
  EXPECT_EQ(judge_users(), std::set<std::string>{"rows the application never wrote unchanged"});
  database_.execute(
      "INSERT INTO application_ledger (op, key, kind, value, needed_job) VALUES (1, 5, 'change', 'new', false)");
  acknowledged_ = {1};
  EXPECT_EQ(judge_users(), std::set<std::string>{"rows the application wrote as it left them"});
}

TEST_F(DemoOracle, WritersCountWhatTheServerRefuses) {
  rig::create_users(settings_, rows);
  database_.execute("ALTER TABLE users RENAME TO gone");
  rig::Writers writers(settings_, rig::users_workload(rows));
  EXPECT_TRUE(eventually(20s, [&] { return writers.errors().contains("42P01"); }));
  writers.stop();
  EXPECT_TRUE(writers.acknowledged().empty());
}

}  // namespace
}  // namespace pgfill::tests
