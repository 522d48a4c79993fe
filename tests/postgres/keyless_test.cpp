// A job on a table without any key on a real server: in physical order, each row once, whoever holds, moves, inserts or
// deletes rows meanwhile, whatever row is bad, and when the table is written anew.
#include <algorithm>
#include <future>
#include <thread>

#include "pgfill/repair.h"
#include "support/run_job_fixture.h"

namespace pgfill::tests {
namespace {

using namespace std::chrono_literals;

class Keyless : public RunJob {
 protected:
  ~Keyless() override {
    EXPECT_EQ(database_.integer("SELECT count(*) FROM pgfill.job JOIN pgfill.relation ON job_id = id "
                                "WHERE NOT by_position OR key_columns <> '{ctid}'"),
              0);
  }
  /// `number` names a row for the test, and is no key; `id` is what the job fills, `n` counts how often.
  void make_events(int rows) {
    database_.execute(
        "CREATE TABLE events (number bigint, payload text DEFAULT 'theirs', id bigint, n int NOT NULL DEFAULT 0);"
        "CREATE SEQUENCE event_id; CREATE TABLE audit (number bigint);"
        "CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS "
        "'BEGIN INSERT INTO audit VALUES (new.number); RETURN new; END';"
        "CREATE FUNCTION once_more() RETURNS trigger LANGUAGE plpgsql AS "
        "'BEGIN new.n := old.n + 1; RETURN new; END';"
        "CREATE TRIGGER note AFTER UPDATE OF id ON events FOR EACH ROW EXECUTE FUNCTION note();"
        "CREATE TRIGGER once_more BEFORE UPDATE OF id ON events FOR EACH ROW EXECUTE FUNCTION once_more();"
        "ALTER TABLE events SET (autovacuum_enabled = off);"
        "INSERT INTO events SELECT i FROM generate_series(1, " +
        std::to_string(rows) + ") i; ANALYZE events");
  }
  JobSpec events_spec() {
    JobSpec spec = counter_spec();
    spec.table = "events";
    spec.set() = {{"id", "nextval('event_id')"}};
    spec.where = "id IS NULL";
    spec.order = Order::physical;  // triggers run, which leave `id` as it is
    spec.workers = 2;
    return spec;
  }
  void set_value(JobSpec& spec, const std::string& value) { spec.set().front().expression = value; }
  void expect_events_once(int rows) {
    EXPECT_EQ(database_.integer("SELECT count(*) FROM events WHERE n = 1 AND id IS NOT NULL"), rows);
    EXPECT_EQ(database_.integer("SELECT count(*) FROM events"), rows);
    EXPECT_EQ(database_.integer("SELECT count(*) FROM audit"), rows);
    EXPECT_EQ(database_.integer("SELECT sum(rows_changed) FROM pgfill.range"), rows);
  }
  /// After the batch of this number, by another session.
  void once_it_runs(const std::string& sql, int batch = 1) {
    watcher_.on_batch = [this, sql, batch] {
      if (watcher_.batches != batch) return;
      std::thread([&] { Database(scratch_.conninfo(), "application").execute(sql); }).join();
    };
  }
  std::future<RunReport> start(const JobSpec& spec) {
    return std::async(std::launch::async, [this, spec] { return run(spec); });
  }
  std::string waiting_for() {
    const Result<JobStatus> status = job_status(settings_, "counter");
    return status ? status->waiting_for : status.error().message;
  }
  bool waits_for(const std::future<RunReport>& running, const std::string& what) {
    bool said = false;
    eventually(30s, [&] {
      said = said || waiting_for().find(what) != std::string::npos;
      return said || running.wait_for(0s) == std::future_status::ready;
    });
    return said;
  }
  std::int64_t told(const std::string& what) {
    return database_.integer("SELECT count(*) FROM pgfill.event WHERE message LIKE '%" + what + "%'");
  }
};

/// A column is added, filled in batches and indexed: so a large table gets its key.
TEST_F(Keyless, TheColumnThatIsToBecomeTheKeyIsFilled) {
  database_.execute(
      "CREATE TABLE ev (ts timestamptz, payload text, id bigint); CREATE SEQUENCE ev_id;"
      "INSERT INTO ev SELECT now(), 'p' || g % 100 FROM generate_series(1, 50000) AS g; ANALYZE ev");
  Result<JobSpec> spec = parse_statement("UPDATE ev SET id = nextval('ev_id') WHERE id IS NULL", "counter");
  ASSERT_TRUE(spec) << spec.error().message;
  spec->throttle.courtesy = false;
  const Result<Plan> plan = plan_job(*spec, settings_);
  ASSERT_TRUE(plan);
  EXPECT_EQ(first_refusal(*plan), nullptr);
  EXPECT_EQ(plan->order, Order::physical);
  EXPECT_EQ(plan->key.columns.front().name, "ctid");
  EXPECT_NE(plan->explain.find("Tid Range Scan"), std::string::npos) << plan->explain;
  EXPECT_EQ(run(*spec).exit, ExitCode::done);
  EXPECT_EQ(database_.integer("SELECT count(DISTINCT id) FROM ev"), 50'000);
  EXPECT_EQ(database_.integer("SELECT sum(rows_changed) FROM pgfill.range"), 50'000);
  database_.execute("CREATE UNIQUE INDEX ON ev (id); ALTER TABLE ev ALTER id SET NOT NULL");
}

/// Whatever else is set: no row that has its number meets the condition.
TEST_F(Keyless, OneColumnThatTellsWhatIsDoneIsEnough) {
  make_events(5'000);
  JobSpec spec = events_spec();
  spec.set().push_back({"payload", "nullif(number % 2, 1)::text"});
  EXPECT_EQ(run(spec).exit, ExitCode::done);
  expect_events_once(5'000);
  EXPECT_EQ(database_.integer("SELECT count(*) FROM events WHERE payload IS NULL"), 2'500);
}

TEST_F(Keyless, EveryRowIsDoneOnceBesideAnApplicationThatInsertsMovesAndDeletes) {
  make_events(20'000);
  std::atomic<bool> ended = false;
  std::future<int> application = std::async(std::launch::async, [&] {
    Database session(scratch_.conninfo(), "application");
    int rounds = 0;
    for (; !ended; ++rounds) {
      const std::string mine = "number % 97 = " + std::to_string(rounds % 97);
      session.execute("UPDATE events SET payload = payload || '.' WHERE " + mine + " AND number % 5 = 1");
      session.execute("DELETE FROM events WHERE " + mine + " AND number % 41 = 1");
      session.execute("INSERT INTO events SELECT 100000 + " + std::to_string(rounds));
    }
    return rounds;
  });
  JobSpec spec = events_spec();
  spec.batch.max_rows = spec.batch.min_rows = 100;
  watcher_.on_batch = [&] { ended = ended || watcher_.batches > 150; };
  const RunReport report = run(spec);
  ended = true;
  EXPECT_GT(application.get(), 0);
  EXPECT_EQ(report.exit, ExitCode::done) << report.error.message;
  // What came when the job was at its end is the application's own.
  EXPECT_EQ(run(spec, {.again = true}).exit, ExitCode::done);
  EXPECT_EQ(database_.integer("SELECT count(*) FROM events WHERE n <> 1 OR id IS NULL"), 0);
  EXPECT_EQ(database_.integer("SELECT count(*) FROM (SELECT number FROM audit GROUP BY number HAVING count(*) > 1) a"),
            0);
}

TEST_F(Keyless, RowsThatTheirHolderMovesAreDoneAndTheHolderIsNamed) {
  make_events(10'000);
  Database holder(scratch_.conninfo(), "slow application");
  holder.execute("BEGIN; UPDATE events SET payload = 'held' WHERE number IN (100, 5000, 9999)");
  auto running = start(events_spec());
  ASSERT_TRUE(waits_for(running, "waiting for 3 rows")) << waiting_for();
  EXPECT_NE(waiting_for().find("slow application"), std::string::npos) << waiting_for();
  EXPECT_EQ(database_.integer("SELECT count(*) FROM events WHERE n = 1"), 9'997);
  holder.execute("COMMIT");
  const RunReport report = running.get();
  EXPECT_EQ(report.exit, ExitCode::done) << report.error.message;
  EXPECT_EQ(database_.integer("SELECT count(*) FROM events WHERE payload = 'held'"), 3);
  EXPECT_EQ(database_.integer("SELECT count(*) FROM pgfill.skipped"), 0);
  expect_events_once(10'000);
}

TEST_F(Keyless, SoAreThoseThatTheirHolderLeavesAsTheyAreAndThoseItDeletesAreForgotten) {
  make_events(10'000);
  Database holder(scratch_.conninfo(), "application");
  holder.execute("BEGIN; DELETE FROM events WHERE number IN (100, 5000)");
  Database other(scratch_.conninfo(), "another");
  other.execute("BEGIN; UPDATE events SET payload = 'never' WHERE number IN (200, 6000)");
  auto running = start(events_spec());
  ASSERT_TRUE(waits_for(running, "waiting for 4 rows")) << waiting_for();
  holder.execute("COMMIT");
  other.execute("ROLLBACK");
  EXPECT_EQ(running.get().exit, ExitCode::done);
  expect_events_once(9'998);
}

/// What was listed lies elsewhere then.
TEST_F(Keyless, TheTableMayBeWrittenAnewWhileRowsAreDeferred) {
  make_events(10'000);
  Database holder(scratch_.conninfo(), "application");
  holder.execute("BEGIN; SELECT FROM events WHERE number % 1000 = 1 FOR UPDATE");
  Control control;
  auto running =
      std::async(std::launch::async, [&] { return run_job(events_spec(), settings_, {}, control, watcher_); });
  ASSERT_TRUE(waits_for(running, "waiting for 10 rows")) << waiting_for();
  control.stop();
  EXPECT_EQ(running.get().exit, ExitCode::interrupted);
  holder.execute("COMMIT");
  // Rows that are not done come to lie first, and others where those were.
  database_.execute("CREATE INDEX undone ON events (n, number); CLUSTER events USING undone; DROP INDEX undone");
  const RunReport report = run(events_spec());
  EXPECT_EQ(report.exit, ExitCode::done) << report.error.message;
  EXPECT_GT(told("the table was written anew"), 0);
  expect_events_once(10'000);
}

TEST_F(Keyless, AndInTheMiddleOfTheJob) {
  make_events(20'000);
  JobSpec spec = events_spec();
  spec.batch.max_rows = spec.batch.min_rows = 200;
  once_it_runs("CREATE INDEX undone ON events (n, number); CLUSTER events USING undone; DROP INDEX undone", 40);
  const RunReport report = run(spec);
  EXPECT_EQ(report.exit, ExitCode::done) << report.error.message;
  EXPECT_GT(told("the table was written anew"), 0);
  expect_events_once(20'000);
}

TEST_F(Keyless, ABadRowIsNamedByItsPosition) {
  make_events(5'000);
  database_.execute("UPDATE events SET payload = CASE WHEN number IN (17, 4711) THEN 'no number' ELSE '7' END");
  JobSpec spec = events_spec();
  set_value(spec, "payload::bigint");
  const RunReport stopped = run(spec);
  EXPECT_EQ(stopped.exit, ExitCode::stopped);
  EXPECT_NE(stopped.error.message.find("row ctid = ("), std::string::npos) << stopped.error.message;
  spec.bad_rows.action = BadRows::Action::quarantine;
  const RunReport report = run(spec);
  EXPECT_EQ(report.error.code, ErrorCode::bad_rows);
  EXPECT_NE(report.error.message.find("ctid ("), std::string::npos) << report.error.message;
  EXPECT_EQ(database_.value("SELECT array_agg(e.number ORDER BY e.number) FROM events e JOIN pgfill.skipped s "
                            "ON e.ctid = (s.key[1])::tid AND s.state = 'quarantined'"),
            "{17,4711}");
  EXPECT_EQ(database_.integer("SELECT count(*) FROM events WHERE n = 1"), 4'998);
  database_.execute("UPDATE events SET payload = '7' WHERE n = 0");
  ASSERT_TRUE(retry_quarantined(settings_, "counter"));
  EXPECT_EQ(run(spec).exit, ExitCode::done);
  expect_events_once(5'000);
}

TEST_F(Keyless, ABadRowThatIsMovedIsListedAnewAndNeitherLostNorTriedForEver) {
  make_events(5'000);
  database_.execute("ALTER TABLE events ADD CONSTRAINT odd CHECK (number <> 1700 OR id IS NULL)");
  JobSpec spec = events_spec();
  spec.bad_rows.action = BadRows::Action::quarantine;
  EXPECT_EQ(run(spec).error.code, ErrorCode::bad_rows);
  const std::string former = database_.value("SELECT key[1] FROM pgfill.skipped");
  database_.execute("UPDATE events SET payload = 'moved' WHERE number = 1700");
  EXPECT_EQ(run(spec).error.code, ErrorCode::bad_rows);
  EXPECT_EQ(database_.value("SELECT e.number FROM pgfill.skipped s JOIN events e ON e.ctid = (s.key[1])::tid"), "1700");
  EXPECT_EQ(database_.integer("SELECT count(*) FROM pgfill.skipped"), 1);
  EXPECT_NE(database_.value("SELECT key[1] FROM pgfill.skipped"), former);
  database_.execute("ALTER TABLE events DROP CONSTRAINT odd");
  EXPECT_EQ(run(spec).exit, ExitCode::done);
  expect_events_once(5'000);
}

/// The last look at the table comes after the last visit of a listed row.
TEST_F(Keyless, ABadRowThatIsMovedWhileAnotherIsTriedAgainIsNotLost) {
  make_events(5'000);
  database_.execute(
      "CREATE TABLE bad (number bigint); INSERT INTO bad VALUES (17), (4711);"
      "CREATE FUNCTION check_event() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
      "IF EXISTS (SELECT FROM bad WHERE bad.number = new.number) THEN "
      "  RAISE 'not this one' USING ERRCODE = 'check_violation'; END IF; "
      "IF new.number = 17 THEN UPDATE events SET payload = 'moved' WHERE number = 4711; END IF; RETURN new; END $$;"
      "CREATE TRIGGER a_check BEFORE UPDATE OF id ON events FOR EACH ROW EXECUTE FUNCTION check_event()");
  JobSpec spec = events_spec();
  spec.workers = 1;
  spec.assume = {{"public", "check_event", Assumption::Effect::harmless}};  // else the job would need a key
  spec.bad_rows.action = BadRows::Action::quarantine;
  EXPECT_EQ(run(spec).error.code, ErrorCode::bad_rows);
  EXPECT_EQ(database_.integer("SELECT count(*) FROM pgfill.skipped"), 2);
  database_.execute("DELETE FROM bad WHERE number = 17");
  EXPECT_EQ(run(spec).error.code, ErrorCode::bad_rows);
  EXPECT_EQ(database_.value("SELECT e.number FROM pgfill.skipped s JOIN events e ON e.ctid = (s.key[1])::tid"), "4711");
  database_.execute("DELETE FROM bad");
  EXPECT_EQ(run(spec).exit, ExitCode::done);
  expect_events_once(5'000);
}

TEST_F(Keyless, AJobEndsThoughATriggerKeepsItsValuesNull) {
  make_events(3'000);
  database_.execute(
      "CREATE FUNCTION keep() RETURNS trigger LANGUAGE plpgsql AS "
      "'BEGIN IF new.number % 5 = 0 THEN new.id := NULL; END IF; RETURN new; END';"
      "CREATE TRIGGER keep BEFORE UPDATE OF id ON events FOR EACH ROW EXECUTE FUNCTION keep()");
  JobSpec spec = events_spec();
  spec.workers = 1;
  EXPECT_EQ(run(spec).exit, ExitCode::done);
  EXPECT_EQ(database_.integer("SELECT count(*) FROM events WHERE n = 1 AND id IS NOT NULL"), 2'400);
  EXPECT_EQ(told("without a key nobody can tell"), 1);
}

TEST_F(Keyless, ARowThatATriggerRefusesSilentlyStaysAsItIs) {
  make_events(1'000);
  database_.execute(
      "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';"
      "CREATE TRIGGER refuse BEFORE UPDATE OF id ON events FOR EACH ROW WHEN (new.number = 7) "
      "EXECUTE FUNCTION refuse()");
  EXPECT_EQ(run(events_spec()).exit, ExitCode::done);
  EXPECT_EQ(database_.value("SELECT number FROM events WHERE id IS NULL"), "7");
  EXPECT_EQ(told("1 row stay as they are"), 1);
}

}  // namespace
}  // namespace pgfill::tests
