// Whose fault a failure is, and what is told of it: the other row of a violation; a statement of the engine's own,
// which is no bad row; a session that an error ended; an error that passes.
#include "support/run_job_fixture.h"

namespace pgfill::tests {
namespace {

constexpr int rows = 500;

class Blame : public RunJob {
 protected:
  /// A trigger of the table with this body, for the row with key 250.
  void on_row_250(const std::string& body) {
    database_.execute(
        "CREATE SEQUENCE times;"
        "CREATE FUNCTION on_row() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF new.id = 250 THEN " +
        body +
        " END IF; RETURN new; END $$;"
        "CREATE TRIGGER on_row BEFORE UPDATE ON items FOR EACH ROW EXECUTE FUNCTION on_row()");
  }
  JobSpec quarantining() {
    JobSpec spec = counter_spec();
    spec.bad_rows.action = BadRows::Action::quarantine;
    return spec;
  }
  std::int64_t quarantined() { return database_.integer("SELECT count(*) FROM pgfill.skipped"); }
};

TEST_F(Blame, TheOtherRowOfAViolationIsNamed) {
  make_items(rows);
  database_.execute(
      "UPDATE items SET pad = id::text; UPDATE items SET pad = 'same' WHERE id = 250;"
      "UPDATE items SET pad = 'same', n = 1 WHERE id = 7; ALTER TABLE items ADD UNIQUE (n, pad)");
  JobSpec spec = quarantining();
  spec.where = "id <> 7";
  const RunReport report = run(spec);
  EXPECT_EQ(report.error.code, ErrorCode::bad_rows) << report.error.message;
  const std::string told = database_.value("SELECT message FROM pgfill.skipped");
  EXPECT_NE(told.find("; Key (n, pad)=(1, same) already exists"), std::string::npos) << told;
  EXPECT_NE(report.error.message.find("Key (n, pad)=(1, same) already exists"), std::string::npos)
      << report.error.message;
  spec.bad_rows.action = BadRows::Action::stop;
  RunOptions again;
  again.again = true;
  spec.where = "id = 250";
  const RunReport stopped = run(spec, again);
  EXPECT_EQ(stopped.error.code, ErrorCode::data_rejected);
  EXPECT_NE(stopped.error.message.find("row (id) = (250); Key (n, pad)=(1, same) already exists"), std::string::npos)
      << stopped.error.message;
}

TEST_F(Blame, OfADetailOfMegabytesThatIsToldWhichAPersonReads) {
  make_items(rows);
  on_row_250("RAISE EXCEPTION 'refused' USING DETAIL = repeat('ä', 1000000);");
  EXPECT_EQ(run(quarantining()).error.code, ErrorCode::bad_rows);
  EXPECT_LT(database_.integer("SELECT length(message) FROM pgfill.skipped"), 600);
  EXPECT_GT(database_.integer("SELECT length(message) FROM pgfill.skipped"), 100);
}

TEST_F(Blame, AFailureOfTheEnginesOwnStatementIsNoBadRow) {
  make_items(rows);
  ASSERT_TRUE(install_ledger(settings_));
  database_.execute(
      "CREATE SEQUENCE raised; CREATE FUNCTION audited() RETURNS trigger LANGUAGE plpgsql AS "
      "$$ BEGIN PERFORM nextval('public.raised'); RAISE EXCEPTION 'the audit is broken' USING ERRCODE = '22023'; END "
      "$$;"
      "CREATE TRIGGER audited BEFORE UPDATE OF cursor_key ON pgfill.range FOR EACH ROW EXECUTE FUNCTION audited()");
  const RunReport report = run(quarantining());
  EXPECT_EQ(report.exit, ExitCode::stopped);
  EXPECT_EQ(report.error.code, ErrorCode::statement_failed) << report.error.message;
  EXPECT_NE(report.error.message.find("a statement of pgfill's own failed with SQLSTATE 22023: the audit is broken"),
            std::string::npos)
      << report.error.message;
  EXPECT_EQ(report.error.message.find("row ("), std::string::npos) << report.error.message;
  EXPECT_EQ(quarantined(), 0);
  EXPECT_EQ(database_.integer("SELECT count(*) FROM audit"), 0);
  EXPECT_EQ(database_.integer("SELECT last_value FROM raised"), 1) << "a row was looked for";
}

TEST_F(Blame, AFailureOfTheJobsStatementAtTheCommitIsABadRow) {
  make_items(rows);
  database_.execute(
      "CREATE FUNCTION late() RETURNS trigger LANGUAGE plpgsql AS "
      "$$ BEGIN IF new.id = 250 THEN RAISE EXCEPTION 'too late'; END IF; RETURN new; END $$;"
      "CREATE CONSTRAINT TRIGGER late AFTER UPDATE ON items DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE "
      "FUNCTION "
      "late()");
  EXPECT_EQ(run(quarantining()).error.code, ErrorCode::bad_rows);
  EXPECT_EQ(quarantined(), 1);
  EXPECT_EQ(database_.value("SELECT key[1] FROM pgfill.skipped"), "250");
}

TEST_F(Blame, SoIsOneThatIsBroughtForwardToCountWhatTriggersInsert) {
  make_items(rows);
  database_.execute(
      "CREATE FUNCTION late() RETURNS trigger LANGUAGE plpgsql AS "
      "$$ BEGIN IF new.id = 250 THEN RAISE EXCEPTION 'too late'; END IF; RETURN new; END $$;"
      "CREATE CONSTRAINT TRIGGER late AFTER UPDATE ON items DEFERRABLE INITIALLY DEFERRED FOR EACH ROW "
      "EXECUTE FUNCTION late();"
      "CREATE FUNCTION copy_row() RETURNS trigger LANGUAGE plpgsql AS "
      "$$ BEGIN INSERT INTO items (id, n) VALUES (new.id + 100000, 7); RETURN new; END $$;"
      "CREATE TRIGGER copy_row BEFORE UPDATE ON items FOR EACH ROW EXECUTE FUNCTION copy_row()");
  EXPECT_EQ(run(quarantining()).error.code, ErrorCode::bad_rows);
  EXPECT_EQ(quarantined(), 1);
  EXPECT_EQ(database_.value("SELECT key[1] FROM pgfill.skipped"), "250");
  EXPECT_EQ(database_.integer("SELECT count(*) FROM items WHERE id > 100000 AND n <> 7"), 0);
}

TEST_F(Blame, ASessionThatAnInternalErrorEndedIsALostConnection) {
  make_items(rows);
  on_row_250(
      "IF nextval('times') = 1 THEN PERFORM set_config('exit_on_error', 'on', true);"
      "RAISE EXCEPTION 'server conn crashed?' USING ERRCODE = 'XX000'; END IF;");
  const RunReport report = run(counter_spec());
  EXPECT_EQ(report.exit, ExitCode::done) << report.error.message;
  EXPECT_EQ(watcher_.failures, 1);
  expect_each_row_once(rows);
}

TEST_F(Blame, AnInternalErrorThatPassesIsOutlasted) {
  make_items(rows);
  on_row_250(
      "IF nextval('times') < 4 THEN RAISE EXCEPTION 'could not open relation with OID 4711' USING ERRCODE = 'XX000';"
      "END IF;");
  const RunReport report = run(counter_spec());
  EXPECT_EQ(report.exit, ExitCode::done) << report.error.message;
  EXPECT_GE(database_.integer("SELECT last_value FROM times"), 4);
  expect_each_row_once(rows);
}

TEST_F(Blame, AnInternalErrorThatDoesNotPassStopsTheJob) {
  make_items(rows);
  on_row_250("RAISE EXCEPTION 'cache lookup failed for function 4711' USING ERRCODE = 'XX000';");
  const RunReport report = run(quarantining());
  EXPECT_EQ(report.exit, ExitCode::stopped);
  EXPECT_NE(report.error.message.find("cache lookup failed for function 4711"), std::string::npos)
      << report.error.message;
  EXPECT_EQ(quarantined(), 0);
}

}  // namespace
}  // namespace pgfill::tests
