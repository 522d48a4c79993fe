// What a plan expects of a job, against a real server: what it tries, and that nothing remains of it.
#include "postgres/plan_fixture.h"

namespace pgfill::tests {
namespace {

using Severity = Finding::Severity;

class PlanEstimate : public PlanOnServer {
 protected:
  Plan tried(const JobSpec& spec) {
    Result<Plan> plan = async::run_to_end(plan_with_sample(database_.conninfo(), spec));
    EXPECT_TRUE(plan) << plan.error().message;
    return plan ? std::move(*plan) : Plan();
  }

 private:
  static async::Task<Result<Plan>> plan_with_sample(std::string conninfo, JobSpec spec) {
    ConnectionSettings settings;
    settings.conninfo = std::move(conninfo);
    const async::Deadline deadline = async::Deadline::after(std::chrono::seconds(10));
    const std::unique_ptr<postgres::Session> session =
        co_await postgres::Session::open(std::move(settings), "planner", deadline);
    co_return co_await plan::make_plan(*session, std::move(spec), Sampling::on);
  }
};

bool was_rolled_back(const Plan& plan) {
  return plan.estimate.basis.ends_with("rolled back");
}

TEST_F(PlanEstimate, RowsAreTriedAndNothingOfThemRemains) {
  create_users(2'000);
  db_.execute("VACUUM ANALYZE users");
  const std::string contents = "SELECT md5(string_agg(users::text, ',' ORDER BY id)) FROM users";
  const std::string before = db_.value(contents);
  const Plan plan = tried(users_spec());
  EXPECT_EQ(plan.estimate.basis, "a try of 220 rows, rolled back");
  EXPECT_GT(plan.estimate.wal_bytes, 2'000 * 60);
  EXPECT_EQ(db_.value(contents), before);
  EXPECT_EQ(db_.integer("SELECT count(*) FROM pg_locks WHERE relation = 'users'::regclass"), 0);
}

TEST_F(PlanEstimate, WithoutAskingForItNothingIsTried) {
  create_users(2'000);
  db_.execute("VACUUM ANALYZE users");
  const std::string position = "SELECT sum(xmax::text::bigint) FROM users";
  const std::string before = db_.value(position);
  EXPECT_EQ(planned().estimate.basis, "statistics");
  EXPECT_EQ(db_.value(position), before);
}

TEST_F(PlanEstimate, NothingIsTriedThatCouldLeaveSomethingBehind) {
  create_users(2'000);
  db_.execute("CREATE SEQUENCE tickets; ANALYZE users");
  JobSpec spec = users_spec();
  spec.set() = {{"state", "nextval('tickets')::text"}};
  EXPECT_EQ(tried(spec).estimate.basis, "statistics: function nextval(regclass) may have effects that stay");
  EXPECT_EQ(db_.value("SELECT is_called FROM tickets"), "f");
  db_.execute(
      "CREATE FUNCTION ticket() RETURNS text LANGUAGE sql AS $$ SELECT nextval('tickets')::text $$;"
      "CREATE VIEW drawn AS SELECT nextval('tickets')::text AS ticket");
  spec.set() = {{"state", "ticket()"}};
  EXPECT_FALSE(was_rolled_back(tried(spec)));
  spec.set() = {{"state", "(SELECT ticket FROM drawn)"}};
  EXPECT_FALSE(was_rolled_back(tried(spec)));
  EXPECT_EQ(db_.value("SELECT is_called FROM tickets"), "f");
}

TEST_F(PlanEstimate, ATriggerThatDoesMoreThanAssignIsNotFiredForATry) {
  create_users(2'000);
  db_.execute(
      "CREATE SEQUENCE fired;"
      "CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM nextval(''fired''); RETURN NEW; END';"
      "CREATE TRIGGER note BEFORE UPDATE ON users FOR EACH ROW EXECUTE FUNCTION note(); ANALYZE users");
  EXPECT_EQ(tried(users_spec()).estimate.basis,
            "a try of 220 rows without changing them: trigger note may have effects that stay");
  EXPECT_EQ(db_.value("SELECT is_called FROM fired"), "f");
  db_.execute(
      "CREATE OR REPLACE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS"
      " 'BEGIN NEW.status := nextval(''fired''); RETURN NEW; END'");
  EXPECT_FALSE(was_rolled_back(tried(users_spec())));
  EXPECT_EQ(db_.value("SELECT is_called FROM fired"), "f");
  db_.execute(
      "CREATE OR REPLACE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS"
      " 'BEGIN NEW.status := upper(NEW.status); RETURN NEW; END'");
  EXPECT_TRUE(was_rolled_back(tried(users_spec())));
}

TEST_F(PlanEstimate, RowsThatOthersHoldAreNotWaitedFor) {
  create_users(2'000);
  db_.execute("VACUUM ANALYZE users");
  Database other(database_.conninfo(), "other");
  other.execute("BEGIN; SELECT FROM users FOR UPDATE");
  const Plan plan = tried(users_spec());
  EXPECT_EQ(first_refusal(plan), nullptr);
  EXPECT_FALSE(was_rolled_back(plan)) << plan.estimate.basis;
}

TEST_F(PlanEstimate, AnotherTableThatEachBatchHashesIsNamedWithItsRows) {
  create_users(5'000);
  db_.execute(
      "CREATE TABLE banned (id bigint PRIMARY KEY); INSERT INTO banned SELECT generate_series(1, 20000); ANALYZE");
  JobSpec spec = users_spec();
  spec.where = "state IS NULL AND id NOT IN (SELECT b.id FROM banned b)";
  expect_warning(planned(spec), "plan_guard", "every batch reads the whole of public.banned, about 20000 rows");
  EXPECT_NE(finding_of(planned(spec), "plan_guard").remedy.find("o.id = users.id"), std::string::npos);
  spec.where = "state IS NULL AND NOT EXISTS (SELECT FROM banned o WHERE o.id = users.id + 1)";
  const Plan better = planned(spec);
  EXPECT_TRUE(is_silent(better, "plan_guard")) << finding_of(better, "plan_guard").text << better.explain;
}

TEST_F(PlanEstimate, ValuesOutsideOfTheRowsCountForGrowthAndWal) {
  db_.execute(
      "CREATE TABLE users (id bigint PRIMARY KEY, status text, state jsonb);"
      "INSERT INTO users SELECT i, '', jsonb_build_object('text', (SELECT string_agg(md5((i * x)::text), '')"
      "  FROM generate_series(1, 1000) x)) FROM generate_series(1, 300) i; ANALYZE users");
  JobSpec spec = users_spec();
  spec.set() = {{"state", "jsonb_set(state, '{flag}', 'true')"}};
  spec.where = "NOT state ? 'flag'";
  const Plan by_statistics = planned(spec);
  const Plan by_try = tried(spec);
  EXPECT_TRUE(was_rolled_back(by_try)) << by_try.estimate.basis;
  const double before = db_.integer("SELECT pg_total_relation_size('users')");
  const std::int64_t began = db_.integer("SELECT pg_current_wal_insert_lsn() - '0/0'");
  db_.execute("UPDATE users SET state = jsonb_set(state, '{flag}', 'true')");
  const double wal = static_cast<double>(db_.integer("SELECT pg_current_wal_insert_lsn() - '0/0'") - began);
  const double grown = db_.integer("SELECT pg_total_relation_size('users')") - before;
  for (const Plan& plan : {by_statistics, by_try}) {
    EXPECT_NEAR(static_cast<double>(plan.estimate.heap_growth_bytes) / grown, 1, 0.3) << plan.estimate.basis;
    EXPECT_NEAR(static_cast<double>(plan.estimate.wal_bytes) / wal, 1, 0.3) << plan.estimate.basis;
  }
  EXPECT_NE(finding_of(by_try, "disk_room").text.find("may grow by up to "), std::string::npos);
}

}  // namespace
}  // namespace pgfill::tests
