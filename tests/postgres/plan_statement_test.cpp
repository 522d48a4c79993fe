// Checks of the statement itself, and of the sessions beside it, against a real server.
#include <algorithm>

#include "plan/read_facts.h"
#include "postgres/plan_fixture.h"
#include "support/eventually.h"
#include "support/run_job_fixture.h"

namespace pgfill::tests {
namespace {

using namespace std::chrono_literals;
using Severity = Finding::Severity;

class PlanStatement : public PlanOnServer {};

TEST_F(PlanStatement, AJobWithoutWhereIsNoted) {
  create_users();
  JobSpec spec = users_spec();
  spec.where.clear();
  EXPECT_EQ(finding_of(planned(spec), "unrestricted").severity, Severity::note);
  EXPECT_TRUE(is_silent(planned(), "unrestricted"));
}

TEST_F(PlanStatement, AnExpressionTheServerRejectsIsRefusedInItsWordsWithItsPlace) {
  create_users();
  JobSpec spec = users_spec();
  spec.set() = {{"state", "upper(statuss)"}};
  expect_refusal(planned(spec), "expressions", ErrorCode::expression_invalid,
                 "the server rejects set state: column \"statuss\" does not exist");
  spec = users_spec();
  spec.where = "id + 'x' > 1";
  expect_refusal(planned(spec), "expressions", ErrorCode::expression_invalid, "the server rejects where: ");
  spec = users_spec();
  spec.set() = {{"state", "now() - 1"}};
  expect_refusal(planned(spec), "expressions", ErrorCode::expression_invalid, "SQLSTATE 42883");
}

TEST_F(PlanStatement, AnInvalidExpressionIsFoundOnAnEmptyTableToo) {
  create_users(0);
  EXPECT_EQ(first_refusal(planned()), nullptr);
  JobSpec spec = users_spec();
  spec.set() = {{"state", "nope"}};
  expect_refusal(planned(spec), "expressions", ErrorCode::expression_invalid, "does not exist");
}

TEST_F(PlanStatement, ASubqueryOnTheSameTableIsRefusedAndOneOnAnUnindexedTableIsAWarning) {
  create_users();
  db_.execute("CREATE TABLE labels (status text, label text)");
  JobSpec spec = users_spec();
  spec.set() = {{"state", "(SELECT max(other.status) FROM users other)"}};
  expect_refusal(planned(spec), "subqueries", ErrorCode::expression_unsafe, "a subquery reads public.users");
  spec.set() = {{"state", "(SELECT l.label FROM labels l WHERE l.status = users.status)"}};
  const Plan plan = planned(spec);
  EXPECT_EQ(first_refusal(plan), nullptr);
  expect_warning(plan, "plan_guard", "every batch reads the whole of public.labels");
  spec.where = "state IS DISTINCT FROM (SELECT max(l.label) FROM labels l WHERE l.status = users.status)";
  const Plan asking = planned(spec);  // its batches evaluate the condition twice
  EXPECT_EQ(std::count_if(asking.findings.begin(), asking.findings.end(),
                          [](const Finding& finding) { return finding.check == "plan_guard"; }),
            1);
}

TEST_F(PlanStatement, AnAliasServesTheExpressionsAndTheGuard) {
  create_users();
  JobSpec spec = users_spec();
  spec.alias = "u";
  spec.set() = {{"state", "u.status"}};
  spec.where = "u.state IS NULL";
  const Plan plan = planned(spec);
  EXPECT_EQ(first_refusal(plan), nullptr);
  EXPECT_TRUE(is_silent(plan, "plan_guard"));
}

TEST_F(PlanStatement, TheCostIsEstimatedFromTheServersEstimates) {
  create_users(20'000);
  db_.execute("UPDATE users SET state = status WHERE id <= 15000");
  db_.execute("VACUUM ANALYZE users");
  const Plan plan = planned();
  EXPECT_EQ(plan.estimate.rows_in_table, 20'000);
  EXPECT_NEAR(static_cast<double>(plan.estimate.rows_to_change), 5'000, 500);
  EXPECT_GT(plan.estimate.heap_growth_bytes, 0);
  EXPECT_NE(finding_of(plan, "disk_room").text.find("of WAL"), std::string::npos);
}

TEST_F(PlanStatement, OfAColumnWithoutStatisticsEveryRowIsTakenToMeetTheCondition) {
  create_users(20'000);
  db_.execute("ANALYZE users; ALTER TABLE users ADD COLUMN fresh text");
  JobSpec spec = users_spec();
  spec.set() = {{"fresh", "status"}};
  spec.where = "Fresh IS NULL";
  const Plan plan = planned(spec);
  EXPECT_EQ(plan.estimate.rows_to_change, 20'000);
  EXPECT_NE(finding_of(plan, "statistics").text.find("no statistics of fresh"), std::string::npos);
  db_.execute("ANALYZE users");
  EXPECT_TRUE(is_silent(planned(spec), "statistics"));
}

async::Task<plan::Facts> facts_on_session(std::string conninfo) {
  ConnectionSettings settings;
  settings.conninfo = std::move(conninfo);
  const std::unique_ptr<postgres::Session> session =
      co_await postgres::Session::open(std::move(settings), "planner", async::Deadline::after(10s));
  std::optional<plan::Facts> facts = co_await plan::read_facts(*session, "public", "users", kinds::RowEvent::update);
  co_return std::move(facts.value());
}

// From what age on the check warns is a matter of the unit tests; here it is what the server tells of sessions.
TEST_F(PlanStatement, OpenTransactionsAreReadWithTheirProcessOldestFirst) {
  create_users();
  Database report(database_.conninfo(), "report");
  report.execute("BEGIN; SELECT pg_current_xact_id()");
  const auto oldest = [&] { return async::run_to_end(facts_on_session(database_.conninfo())); };
  ASSERT_TRUE(eventually(10s, [&] {
    const plan::Facts facts = oldest();
    return !facts.transactions.empty() && facts.transactions.front().age_seconds >= 1;
  }));
  const plan::Facts facts = oldest();
  EXPECT_EQ(facts.transactions.front().pid, report.backend_pid());
  EXPECT_EQ(facts.transactions.front().application, "report");
  EXPECT_EQ(facts.transactions.front().state, "idle in transaction");
  EXPECT_EQ(facts.hidden_transactions, 0);
}

TEST_F(PlanStatement, OpenTransactionsOfOthersAreCountedWhenTheirAgeIsHidden) {
  create_users();
  db_.execute("CREATE ROLE plan_peeker LOGIN");
  Database report(database_.conninfo(), "report");
  report.execute("BEGIN; SELECT pg_current_xact_id()");
  const plan::Facts facts = async::run_to_end(facts_on_session(database_.conninfo() + " user=plan_peeker"));
  EXPECT_TRUE(facts.transactions.empty());
  EXPECT_EQ(facts.hidden_transactions, 1);
  db_.execute("DROP ROLE plan_peeker");
}

/// What the server is asked by the batches: each tells by a trigger.
TEST_F(PlanStatement, TheStatementShownIsTheOneThatBatchesSend) {
  create_users();
  db_.execute(
      "CREATE TABLE sent (statement text);"
      "CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS 'DECLARE context text; "
      "BEGIN GET DIAGNOSTICS context = PG_CONTEXT; INSERT INTO sent VALUES (context); RETURN NULL; END';"
      "CREATE TRIGGER note AFTER UPDATE ON users EXECUTE FUNCTION note()");
  JobSpec spec = users_spec();
  spec.schema = "public";
  spec.bound = Bound::at_start;
  spec.batch.min_rows = spec.batch.max_rows = 10;
  ConnectionSettings settings;
  settings.conninfo = database_.conninfo();
  for (const std::string where : {"", "state IS NULL", "state IS DISTINCT FROM status"}) {
    db_.execute("UPDATE users SET state = NULL; TRUNCATE sent");
    spec.job = "where " + where;
    spec.where = where;
    const Plan plan = planned(spec);
    Control control;
    Watcher watcher;
    EXPECT_EQ(run_job(spec, settings, {}, control, watcher).exit, ExitCode::done);
    EXPECT_GE(
        db_.integer("SELECT count(*) FROM sent WHERE strpos(statement, $shown$" + plan.batch_sql + "$shown$) > 0"), 5)
        << plan.batch_sql << "\n\nsent: " << db_.value("SELECT statement FROM sent LIMIT 1");
  }
}

}  // namespace
}  // namespace pgfill::tests
