// A job that deletes: which rows, around whom, and what it counts. A real server.
#include <future>
#include <thread>

#include "kinds/kind.h"
#include "ledger/row_statements.h"
#include "support/delete_job_fixture.h"

namespace pgfill::tests {
namespace {

using namespace std::chrono_literals;

TEST_F(DeleteJob, DeletesTheRowsThatMatchAndCountsThem) {
  make_events(9000);
  const RunReport report = run(purge_spec());
  EXPECT_EQ(report.exit, ExitCode::done) << report.error.message;
  EXPECT_EQ(left("old"), 0);
  EXPECT_EQ(left("NOT old"), 6000);
  EXPECT_EQ(deleted(), 3000);
  EXPECT_EQ(report.progress.kind, "delete");
  EXPECT_EQ(report.progress.rows_changed, 3000);
  const Result<JobStatus> status = job_status(settings_, "purge");
  EXPECT_EQ(status->kind, "delete");
  EXPECT_EQ(status->rows_kept, 0);
  EXPECT_EQ(database_.integer("SELECT count(*) FROM pgfill.change"), 0);
}

TEST_F(DeleteJob, HeldRowsAreDeferredAndDeletedWhenTheyAreFree) {
  make_events(9000);
  Database holder(scratch_.conninfo(), "slow application");
  holder.execute("BEGIN; UPDATE events SET note = 'held' WHERE id IN (300, 3000, 8997)");
  auto running = start(purge_spec());
  EXPECT_TRUE(waits_for(running, "waiting for 3 rows")) << waiting_for();
  EXPECT_EQ(left("old"), 3);
  holder.execute("COMMIT");
  EXPECT_EQ(running.get().exit, ExitCode::done);
  EXPECT_EQ(left("old"), 0);
  EXPECT_EQ(deleted(), 3000);
}

TEST_F(DeleteJob, AHeldRowThatStopsMatchingStays) {
  make_events(3000);
  Database holder(scratch_.conninfo());
  holder.execute("BEGIN; UPDATE events SET old = false WHERE id = 300");
  auto running = start(purge_spec());
  EXPECT_TRUE(waits_for(running, "waiting for 1 row")) << waiting_for();
  holder.execute("COMMIT");
  EXPECT_EQ(running.get().exit, ExitCode::done);
  EXPECT_EQ(left("id = 300"), 1);
  EXPECT_EQ(deleted(), 999);
}

/// What the key's index, or a sub-select, had chosen is looked at again once the row is free.
TEST_F(DeleteJob, ARowThatStopsMatchingWhileTheStatementWaitsStays) {
  make_events(300);
  kinds::TargetFacts facts;
  facts.schema = "public";
  facts.table = "events";
  facts.key = {{"id", "bigint"}};
  facts.plain = true;
  const std::string statement =
      ledger::batch_change(kinds::target_of(purge_spec(), facts), sql::Sides{true, true}).text;
  Database holder(scratch_.conninfo());
  holder.execute("BEGIN; UPDATE events SET old = false WHERE id = 30");
  auto waiting = std::async(std::launch::async, [&] {
    Database deleter(scratch_.conninfo(), "deleter");
    deleter.rows(statement, {"{0,100}"});
  });
  ASSERT_TRUE(eventually(30s, [&] {
    return database_.integer(
               "SELECT count(*) FROM pg_stat_activity WHERE application_name LIKE '%deleter%' AND wait_event_type = "
               "'Lock'") == 1;
  }));
  holder.execute("COMMIT");
  waiting.get();
  EXPECT_EQ(left("id = 30"), 1);
  EXPECT_EQ(left("old AND id <= 100"), 0);
}

TEST_F(DeleteJob, ARowThatAForeignKeyCheckHoldsIsDeferred) {
  make_events(3000);
  Database holder(scratch_.conninfo());
  holder.execute("BEGIN; SELECT FROM events WHERE id = 300 FOR KEY SHARE");
  auto running = start(purge_spec());
  EXPECT_TRUE(waits_for(running, "waiting for 1 row")) << waiting_for();
  holder.execute("COMMIT");
  EXPECT_EQ(running.get().exit, ExitCode::done);
  EXPECT_EQ(deleted(), 1000);
}

TEST_F(DeleteJob, RowsThatMatchBehindTheCursorAreDeletedToo) {
  make_events(9000);
  JobSpec spec = purge_spec();
  spec.workers = 1;
  meanwhile(5, "UPDATE events SET old = true WHERE id IN (1, 2); INSERT INTO events VALUES (0, true)");
  EXPECT_EQ(run(spec).exit, ExitCode::done);
  EXPECT_EQ(left("old"), 0);
  EXPECT_EQ(deleted(), 3003);
}

TEST_F(DeleteJob, EveryRowIsDeletedWhereThatIsMeant) {
  make_events(2000);
  JobSpec spec = purge_spec("");
  EXPECT_EQ(run(spec).error.code, ErrorCode::every_row);
  EXPECT_EQ(left("true"), 2000);
  spec.kind = Delete{true, std::nullopt, {}};
  EXPECT_EQ(run(spec).exit, ExitCode::done);
  EXPECT_EQ(left("true"), 0);
}

TEST_F(DeleteJob, ATableWithoutAKeyIsGoneOverByPosition) {
  make_events(9000);
  database_.execute("ALTER TABLE events DROP CONSTRAINT events_pkey");
  Database holder(scratch_.conninfo());
  holder.execute("BEGIN; UPDATE events SET note = 'moved' WHERE id = 3000");
  auto running = start(purge_spec());
  EXPECT_TRUE(waits_for(running, "waiting for 1 row")) << waiting_for();
  holder.execute("COMMIT");
  EXPECT_EQ(running.get().exit, ExitCode::done);
  EXPECT_EQ(left("old"), 0);
  EXPECT_EQ(left("true"), 6000);
}

TEST_F(DeleteJob, MoreRowsThanAreAllowedAreNotBegun) {
  make_events(3000);
  JobSpec spec = purge_spec();
  spec.kind = Delete{false, 999, {}};
  const RunReport refused = run(spec);
  EXPECT_EQ(refused.error.code, ErrorCode::too_many_rows);
  EXPECT_NE(refused.error.message.find("1000 rows"), std::string::npos) << refused.error.message;
  EXPECT_EQ(left("old"), 1000);
  spec.kind = Delete{false, 1000, {}};
  EXPECT_EQ(run(spec).exit, ExitCode::done);
  EXPECT_EQ(left("old"), 0);
  EXPECT_EQ(database_.integer("SELECT allowance FROM pgfill.job"), 0);
}

TEST_F(DeleteJob, RowsThatComeToMatchDoNotMakeItDeleteMoreThanIsAllowed) {
  make_events(9000);
  JobSpec spec = purge_spec();
  spec.kind = Delete{false, 3000, {}};
  spec.workers = 2;
  meanwhile(2, "UPDATE events SET old = true WHERE id > 8000");
  const RunReport report = run(spec);
  EXPECT_EQ(report.exit, ExitCode::guardrail) << report.error.message;
  EXPECT_NE(report.error.message.find("at_most"), std::string::npos) << report.error.message;
  EXPECT_EQ(9000 - left("true"), deleted());
  EXPECT_LE(deleted(), 3000);
}

TEST_F(DeleteJob, RowsThatATriggerKeepsAreCountedAndNotTriedAgain) {
  make_events(3000);
  database_.execute(
      "CREATE TABLE asked (id bigint);"
      "CREATE FUNCTION keep() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO asked VALUES (OLD.id); "
      "IF OLD.id % 2 = 0 THEN RETURN NULL; END IF; RETURN OLD; END $$;"
      "CREATE TRIGGER keep BEFORE DELETE ON events FOR EACH ROW EXECUTE FUNCTION keep()");
  const RunReport report = run(purge_spec());
  EXPECT_EQ(report.exit, ExitCode::done) << report.error.message;
  EXPECT_EQ(deleted(), 500);
  EXPECT_EQ(kept(), 500);
  EXPECT_EQ(report.progress.rows_kept, 500);
  EXPECT_EQ(database_.integer("SELECT count(*) FROM asked"), 1000);
}

/// Deleting softly: the trigger writes the row itself, which is no reason to look at it again.
TEST_F(DeleteJob, RowsThatATriggerMarksInsteadAreMarkedOnce) {
  make_events(3000);
  database_.execute(
      "CREATE FUNCTION mark() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
      "UPDATE events SET note = coalesce(note, '') || 'x' WHERE id = OLD.id; RETURN NULL; END $$;"
      "CREATE TRIGGER mark BEFORE DELETE ON events FOR EACH ROW EXECUTE FUNCTION mark()");
  Database holder(scratch_.conninfo());
  holder.execute("BEGIN; SELECT FROM events WHERE id = 300 FOR UPDATE");
  auto running = start(purge_spec());
  EXPECT_TRUE(waits_for(running, "waiting for 1 row")) << waiting_for();
  holder.execute("COMMIT");
  EXPECT_EQ(running.get().exit, ExitCode::done);
  EXPECT_EQ(deleted(), 0);
  EXPECT_EQ(kept(), 1000);
  EXPECT_EQ(left("note = 'x'"), 1000);
}

TEST_F(DeleteJob, RowsThatOthersReferToAreSetAside) {
  make_events(3000);
  database_.execute(
      "CREATE TABLE uses (event bigint REFERENCES events); INSERT INTO uses VALUES (300), (900); ANALYZE uses");
  JobSpec spec = purge_spec();
  EXPECT_EQ(run(spec).error.code, ErrorCode::data_rejected);
  spec.bad_rows.action = BadRows::Action::quarantine;
  EXPECT_EQ(run(spec).error.code, ErrorCode::bad_rows);
  EXPECT_EQ(database_.value("SELECT string_agg(key[1] || ' ' || sqlstate, ', ' ORDER BY key) FROM pgfill.skipped"),
            "300 23503, 900 23503");
  EXPECT_EQ(left("old"), 2);
}

TEST_F(DeleteJob, TheBoundIsThatOfTheTimeWhenItIsRegistered) {
  make_events(3000);
  database_.execute("UPDATE events SET at = now() - interval '1 hour' WHERE id <= 1000");
  const JobSpec spec = purge_spec("at < now() - interval '30 minutes'");
  const RunReport report = run(spec);
  EXPECT_EQ(report.exit, ExitCode::done) << report.error.message;
  EXPECT_EQ(left("true"), 2000);
  const std::string yaml = database_.value("SELECT spec_yaml FROM pgfill.job");
  EXPECT_NE(yaml.find("'::timestamptz - interval"), std::string::npos) << yaml;
  EXPECT_EQ(yaml.find("now()"), std::string::npos) << yaml;
  // The same statement is the same job, whatever the time.
  EXPECT_TRUE(run(spec).was_done_before);
  EXPECT_EQ(run(purge_spec("at < now() - interval '20 minutes'")).error.code, ErrorCode::spec_changed);
}

TEST_F(DeleteJob, AForeignKeyThatIsAddedWhileItIsStoppedIsNoticed) {
  make_events(9000);
  Control control;
  watcher_.on_batch = [&] { control.stop(); };
  EXPECT_EQ(run_job(purge_spec(), settings_, {}, control, watcher_).exit, ExitCode::interrupted);
  watcher_.on_batch = {};
  database_.execute("CREATE TABLE parts (event bigint REFERENCES events ON DELETE CASCADE)");
  const RunReport report = run(purge_spec());
  EXPECT_EQ(report.error.code, ErrorCode::table_changed);
  EXPECT_NE(report.error.message.find("foreign key parts_event_fkey"), std::string::npos) << report.error.message;
}

TEST_F(DeleteJob, AConditionThatReadsAnotherTableSeesItWithTheRow) {
  make_events(3000);
  database_.execute("CREATE TABLE closed (id bigint PRIMARY KEY); INSERT INTO closed SELECT generate_series(1, 100)");
  EXPECT_EQ(run(purge_spec("EXISTS (SELECT FROM closed c WHERE c.id = events.id)")).exit, ExitCode::done);
  EXPECT_EQ(left("true"), 2900);
}

}  // namespace
}  // namespace pgfill::tests
