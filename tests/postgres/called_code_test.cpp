// Functions and triggers that read or write the job's own table: the result is one that a serial run could have had,
// and whatever number of workers is asked for. A real server.
#include <future>

#include "pgfill/steer.h"
#include "postgres/plan_fixture.h"
#include "support/run_job_fixture.h"

namespace pgfill::tests {
namespace {

using namespace std::chrono_literals;

/// Lists of items whose positions are still to be given.
class CalledCode : public RunJob {
 protected:
  static constexpr int rows = 3'000;

  CalledCode() {
    database_.execute(
        "CREATE TABLE item (id bigint PRIMARY KEY, list int, position int, touched boolean);"
        "CREATE INDEX ON item (list, position);"
        "CREATE TABLE audit (id bigint, what text); CREATE TABLE counter (list int, n int);"
        "INSERT INTO item SELECT g, g % 10 FROM generate_series(1, " +
        std::to_string(rows) + ") AS g; ANALYZE item");
  }
  void create_next_pos(const std::string& volatility = "VOLATILE", const std::string& table = "item") {
    database_.execute("CREATE FUNCTION next_pos(l int) RETURNS int LANGUAGE sql " + volatility +
                      " AS 'SELECT coalesce(max(position), 0) + 1 FROM " + table + " WHERE list = l'");
  }
  void create_trigger(const std::string& when, const std::string& body) {
    database_.execute("CREATE FUNCTION fired() RETURNS trigger LANGUAGE plpgsql AS $f$ " + body +
                      " $f$; CREATE TRIGGER fired " + when + " EXECUTE FUNCTION fired()");
  }
  static JobSpec spec_of(std::string column, std::string value) {
    JobSpec spec;
    spec.job = "numbers";
    spec.table = "item";
    spec.set() = {{column, std::move(value)}};
    spec.where = column + " IS NULL";
    spec.workers = 4;
    spec.batch.max_rows = 50;
    spec.throttle.courtesy = false;
    return spec;
  }
  static JobSpec positions() { return spec_of("position", "next_pos(list)"); }
  static JobSpec touches() { return spec_of("touched", "true"); }

  Plan planned(const JobSpec& spec) {
    Result<Plan> plan = make_plan(settings_.conninfo, spec);
    EXPECT_TRUE(plan) << plan.error().message;
    return plan ? std::move(*plan) : Plan();
  }
  /// All that the checks of called code say.
  static std::string said(const Plan& plan) {
    std::string text;
    for (const Finding& finding : plan.findings) {
      if (finding.check == "called_code") text += finding.text + "\n" + finding.remedy + "\n";
    }
    return text;
  }
  void expect_distinct_positions(const JobSpec& spec) {
    EXPECT_NE(planned(spec).one_at_a_time, "");
    const RunReport report = run(spec);
    EXPECT_EQ(report.exit, ExitCode::done) << report.error.message;
    EXPECT_EQ(database_.integer("SELECT count(DISTINCT (list, position)) FROM item WHERE position IS NOT NULL"), rows);
  }
  std::string reason() { return database_.value("SELECT one_at_a_time FROM pgfill.job"); }
};

TEST_F(CalledCode, AFunctionThatAsksForTheLargestNumberGivesDistinctOnes) {
  create_next_pos();
  const Plan plan = planned(positions());
  EXPECT_EQ(plan.one_at_a_time, "function next_pos(integer) reads public.item");
  EXPECT_NE(said(plan).find("one worker"), std::string::npos) << said(plan);
  expect_distinct_positions(positions());
  EXPECT_EQ(reason(), "function next_pos(integer) reads public.item");
  const Result<JobStatus> status = job_status(settings_, "numbers");
  ASSERT_TRUE(status);
  EXPECT_EQ(status->one_at_a_time, reason());
}

TEST_F(CalledCode, ATriggerBeforeTheChangeGivesDistinctNumbers) {
  create_next_pos();
  create_trigger("BEFORE UPDATE OF touched ON item FOR EACH ROW",
                 "BEGIN NEW.position := next_pos(NEW.list); RETURN NEW; END");
  expect_distinct_positions(touches());
}

TEST_F(CalledCode, ATriggerAfterTheChangeGivesDistinctNumbers) {
  create_trigger(
      "AFTER UPDATE OF touched ON item FOR EACH ROW",
      "BEGIN UPDATE item SET position = (SELECT coalesce(max(position), 0) + 1 FROM item WHERE list = NEW.list) "
      "WHERE id = NEW.id; RETURN NULL; END");
  expect_distinct_positions(touches());
}

TEST_F(CalledCode, ATriggerForTheStatementGivesDistinctNumbers) {
  create_trigger(
      "AFTER UPDATE ON item REFERENCING NEW TABLE AS changed FOR EACH STATEMENT WHEN (pg_trigger_depth() = 0)",
      "DECLARE r record; BEGIN FOR r IN SELECT * FROM changed LOOP "
      "UPDATE item SET position = (SELECT coalesce(max(position), 0) + 1 FROM item WHERE list = r.list) "
      "WHERE id = r.id; END LOOP; RETURN NULL; END");
  expect_distinct_positions(touches());
}

TEST_F(CalledCode, FunctionsBelowFunctionsAreLookedAt) {
  create_next_pos();
  database_.execute(
      "CREATE SCHEMA app;"
      "CREATE FUNCTION app.inner_pos(l int) RETURNS int LANGUAGE plpgsql SET search_path = public AS "
      "'BEGIN RETURN next_pos(l); END';"
      "CREATE FUNCTION outer_pos(l int) RETURNS int LANGUAGE sql BEGIN ATOMIC SELECT app.inner_pos(l); END");
  expect_distinct_positions(spec_of("position", "outer_pos(list)"));
}

TEST_F(CalledCode, AViewOverTheTableIsTheTable) {
  database_.execute("CREATE VIEW lists AS SELECT list, position FROM item; CREATE VIEW again AS SELECT * FROM lists");
  create_next_pos("VOLATILE", "again");
  expect_distinct_positions(positions());
}

TEST_F(CalledCode, APartitionOfTheTableIsTheTable) {
  database_.execute(
      "ALTER TABLE item RENAME TO old_item;"
      "CREATE TABLE item (id bigint, list int, position int, touched boolean, PRIMARY KEY (id)) PARTITION BY RANGE "
      "(id);"
      "CREATE TABLE item_low PARTITION OF item FOR VALUES FROM (0) TO (1000000);"
      "INSERT INTO item SELECT * FROM old_item; ANALYZE item");
  create_next_pos("VOLATILE", "item_low");
  expect_distinct_positions(positions());
}

TEST_F(CalledCode, AnOperatorOrACastMayReadTheTable) {
  create_next_pos();
  database_.execute("CREATE OPERATOR @@@ (FUNCTION = next_pos, RIGHTARG = int)");
  expect_distinct_positions(spec_of("position", "@@@ list"));
}

TEST_F(CalledCode, ATriggerOfTheTableThatATriggerWritesIsLookedAt) {
  create_trigger("AFTER UPDATE OF touched ON item FOR EACH ROW",
                 "BEGIN INSERT INTO audit VALUES (NEW.id, 'touched'); RETURN NULL; END");
  EXPECT_EQ(planned(touches()).one_at_a_time, "");
  database_.execute(
      "CREATE FUNCTION number() RETURNS trigger LANGUAGE plpgsql AS $f$ BEGIN UPDATE item AS i SET position = (SELECT "
      "coalesce(max(position), 0) + 1 FROM item WHERE list = i.list) WHERE id = NEW.id; RETURN NEW; END $f$;"
      "CREATE TRIGGER number BEFORE INSERT ON audit FOR EACH ROW EXECUTE FUNCTION number()");
  expect_distinct_positions(touches());
}

TEST_F(CalledCode, ACounterInAnotherTableGivesDistinctNumbers) {
  database_.execute(
      "CREATE FUNCTION take(l int) RETURNS int LANGUAGE sql AS 'INSERT INTO counter SELECT l, coalesce(max(n), 0) + 1 "
      "FROM "
      "counter WHERE list = l RETURNING n'");
  expect_distinct_positions(spec_of("position", "take(list)"));
}

TEST_F(CalledCode, HarmlessTriggersAndFunctionsKeepTheWorkers) {
  database_.execute(
      "CREATE TABLE totals (list int, n int);"
      "CREATE FUNCTION double(i int) RETURNS int LANGUAGE plpgsql IMMUTABLE AS 'BEGIN RETURN i * 2; END';"
      "CREATE FUNCTION priced(l int) RETURNS int LANGUAGE sql STABLE AS 'SELECT max(n) FROM counter WHERE list = l'");
  create_trigger(
      "BEFORE UPDATE ON item FOR EACH ROW",
      "DECLARE r item; BEGIN NEW.touched := now() > '2020-01-01'; r.list = 3; INSERT INTO audit VALUES (NEW.id, "
      "TG_OP); UPDATE totals SET n = n + 1 WHERE list = NEW.list; PERFORM pg_notify('items', NEW.id::text); "
      "RETURN NEW; END");
  const Plan plan = planned(spec_of("position", "double(list) + priced(list)"));
  EXPECT_EQ(plan.one_at_a_time, "") << said(plan);
  EXPECT_EQ(said(plan), "");
  EXPECT_EQ(first_refusal(plan), nullptr);
}

TEST_F(CalledCode, AStableFunctionThatReadsTheTableIsRefusedByName) {
  create_next_pos("STABLE");
  const Plan plan = planned(positions());
  const Finding* refusal = first_refusal(plan);
  ASSERT_NE(refusal, nullptr);
  EXPECT_EQ(refusal->code, ErrorCode::expression_unsafe);
  EXPECT_NE(refusal->text.find("function next_pos(integer) reads public.item"), std::string::npos) << refusal->text;
}

TEST_F(CalledCode, WhatCannotBeJudgedIsNamedWithWhatWasAssumedAndHowToSayOtherwise) {
  create_trigger("AFTER UPDATE ON item FOR EACH ROW",
                 "BEGIN EXECUTE format('INSERT INTO %I VALUES ($1)', 'audit') USING NEW.id; RETURN NULL; END");
  JobSpec spec = touches();
  const Plan plan = planned(spec);
  EXPECT_NE(plan.one_at_a_time.find("trigger fired (function fired())"), std::string::npos) << plan.one_at_a_time;
  EXPECT_NE(said(plan).find("EXECUTE"), std::string::npos) << said(plan);
  EXPECT_NE(said(plan).find("assume: {public.fired: harmless}"), std::string::npos) << said(plan);
  spec.assume = {{"public", "fired", Assumption::Effect::harmless}};
  EXPECT_EQ(planned(spec).one_at_a_time, "");
  spec.assume = {{"", "fired", Assumption::Effect::reads_table}};
  EXPECT_EQ(planned(spec).one_at_a_time, "trigger fired (function fired()) reads public.item");
}

TEST_F(CalledCode, MoreWorkersAreNotToBeHadWhileTheJobRuns) {
  create_next_pos();
  JobSpec spec = positions();
  spec.batch.max_rows = 1;
  spec.batch.min_rows = 1;
  Control control;
  auto running = std::async(std::launch::async, [&] { return run_job(spec, settings_, {}, control, watcher_); });
  ASSERT_TRUE(eventually(30s, [&] { return watcher_.batches > 3; }));
  database_.execute("SELECT pgfill.set('numbers', 'workers', '4')");
  EXPECT_TRUE(eventually(30s, [&] {
    return database_.integer("SELECT count(*) FROM pgfill.event WHERE message LIKE '%left out: workers: no batch%'") ==
           1;
  }));
  const auto leased = [&] {
    return database_.integer(
        "SELECT count(DISTINCT pid) FROM pg_stat_activity WHERE "
        "application_name ~ ' [0-9]+$' AND application_name LIKE '%numbers%'");
  };
  EXPECT_LE(leased(), 1);
  control.stop();
  running.get();
}

TEST_F(CalledCode, ABatchOfAFormerRunnerHoldsUpThoseOfAllRanges) {
  create_next_pos();
  Control control;
  watcher_.on_batch = [&] { control.stop(); };
  run_job(positions(), settings_, {}, control, watcher_);
  database_.execute(
      "INSERT INTO pgfill.range (job_id, range_id, share) SELECT id, 1000, 0 FROM pgfill.job;"
      "INSERT INTO pgfill.range (job_id, range_id, share) SELECT id, 1001, 0 FROM pgfill.job");
  Database former(settings_.conninfo);
  former.execute("BEGIN; SELECT pgfill.fence(id, 1000, 0, NULL, 0) FROM pgfill.job");
  Database next(settings_.conninfo);
  next.execute("SET lock_timeout = '50ms'");
  EXPECT_THROW(next.execute("SELECT pgfill.fence(id, 1001, 0, NULL, 0) FROM pgfill.job"), std::exception);
  former.execute("ROLLBACK");
  next.execute("SELECT pgfill.fence(id, 1001, 0, NULL, 0) FROM pgfill.job");
  // In one snapshot what the other has committed is not seen.
  next.execute("BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT 1");
  former.execute("SELECT pgfill.fence(id, 1000, 0, NULL, 0) FROM pgfill.job");
  EXPECT_THROW(next.execute("SELECT pgfill.fence(id, 1001, 0, NULL, 0) FROM pgfill.job"), std::exception);
}

TEST_F(CalledCode, DeferredRowsWaitForABatchOfAFormerRunner) {
  create_next_pos();
  Database holder(settings_.conninfo);
  holder.execute("BEGIN; SELECT FROM item WHERE id = 7 FOR UPDATE");
  Control control;
  auto running = std::async(std::launch::async, [&] { return run_job(positions(), settings_, {}, control, watcher_); });
  const auto left = [&] { return database_.integer("SELECT count(*) FROM item WHERE position IS NULL"); };
  ASSERT_TRUE(eventually(60s, [&] { return left() == 1; }));
  Database former(settings_.conninfo);
  former.execute("BEGIN; SELECT FROM pgfill.job FOR NO KEY UPDATE");
  holder.execute("ROLLBACK");
  EXPECT_FALSE(eventually(500ms, [&] { return left() == 0; }));
  former.execute("ROLLBACK");
  EXPECT_EQ(running.get().exit, ExitCode::done);
  EXPECT_EQ(left(), 0);
}

TEST_F(CalledCode, AFunctionThatWasReplacedIsJudgedAnewByTheNextRun) {
  database_.execute("CREATE FUNCTION next_pos(l int) RETURNS int LANGUAGE sql AS 'SELECT 1'");
  JobSpec spec = positions();
  Control control;
  watcher_.on_batch = [&] { control.stop(); };
  run_job(spec, settings_, {}, control, watcher_);
  EXPECT_EQ(reason(), "");
  database_.execute(
      "UPDATE item SET position = -id WHERE position IS NOT NULL;"
      "CREATE OR REPLACE FUNCTION next_pos(l int) RETURNS int LANGUAGE sql AS 'SELECT coalesce(max(position), 0) + 1 "
      "FROM item "
      "WHERE list = l'");
  watcher_.on_batch = nullptr;
  const RunReport report = run(spec);
  EXPECT_EQ(report.exit, ExitCode::done) << report.error.message;
  EXPECT_EQ(reason(), "function next_pos(integer) reads public.item");
  EXPECT_EQ(database_.integer("SELECT count(DISTINCT (list, position)) FROM item WHERE position IS NOT NULL"), rows);
}

TEST_F(CalledCode, AFunctionThatBecameUnsafeStopsTheNextRun) {
  database_.execute("CREATE FUNCTION next_pos(l int) RETURNS int LANGUAGE sql STABLE AS 'SELECT 1'");
  Control control;
  watcher_.on_batch = [&] { control.stop(); };
  run_job(positions(), settings_, {}, control, watcher_);
  database_.execute(
      "CREATE OR REPLACE FUNCTION next_pos(l int) RETURNS int LANGUAGE sql STABLE AS 'SELECT max(position) FROM item'");
  const RunReport report = run(positions());
  EXPECT_EQ(report.error.code, ErrorCode::expression_unsafe) << report.error.message;
  EXPECT_NE(report.error.message.find("next_pos"), std::string::npos);
}

}  // namespace
}  // namespace pgfill::tests
