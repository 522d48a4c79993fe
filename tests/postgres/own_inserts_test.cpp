// Rows that a job inserts into its own table, by triggers and functions: they are no work for it, and a job that makes
// its own work all the same is stopped. A real server.
#include <future>

#include "support/run_job_fixture.h"

namespace pgfill::tests {
namespace {

using namespace std::chrono_literals;

/// The old version of a row, as another row of its table.
constexpr const char* keep_old =
    "INSERT INTO doc (doc_id, body, lang, valid_to) VALUES (OLD.doc_id, OLD.body, OLD.lang, now());";
/// Writes to another row, which may be before the job still.
constexpr const char* touch_sibling = "UPDATE doc SET touched = touched + 1 WHERE doc_id = OLD.doc_id + 500;";

class OwnInserts : public RunJob {
 protected:
  void make_docs(int rows, const std::string& key = "bigserial PRIMARY KEY") {
    database_.execute("CREATE TABLE doc (id " + key +
                      ", doc_id int, body text, lang text, valid_to timestamptz, touched int NOT NULL DEFAULT 0)");
    fill_docs(rows);
  }
  void fill_docs(int rows) {
    rows_ = rows;
    database_.execute("INSERT INTO doc (doc_id, body) SELECT g, 'b' || g FROM generate_series(1, " +
                      std::to_string(rows) + ") g; CREATE INDEX ON doc (doc_id); ANALYZE doc");
  }
  /// `body` runs for each row that is updated, `timing` being "BEFORE UPDATE", "AFTER UPDATE OF lang" and the like.
  void add_trigger(const std::string& name, const std::string& timing, const std::string& body,
                   const std::string& how = "FOR EACH ROW", const std::string& kind = "TRIGGER") {
    database_.execute("CREATE FUNCTION " + name + "() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN " + body +
                      " RETURN NEW; END $$; CREATE " + kind + " " + name + " " + timing + " ON doc " + how +
                      " EXECUTE FUNCTION " + name + "()");
  }
  JobSpec doc_spec(int workers = 2) {
    JobSpec spec;
    spec.job = "languages";
    spec.schema = "public";
    spec.table = "doc";
    spec.set() = {{"lang", "'en'"}};
    spec.where = "lang IS NULL";
    spec.workers = workers;
    spec.batch.max_rows = 500;
    spec.throttle.courtesy = false;
    return spec;
  }
  /// What a plain UPDATE leaves: each row changed, and its old version beside it, untouched.
  void expect_one_old_version_each() {
    EXPECT_EQ(database_.integer("SELECT count(*) FROM doc"), 2 * rows_);
    EXPECT_EQ(database_.integer("SELECT count(*) FROM doc WHERE lang = 'en' AND valid_to IS NULL"), rows_);
    EXPECT_EQ(database_.integer("SELECT count(*) FROM doc WHERE lang IS NULL AND valid_to IS NOT NULL"), rows_);
    EXPECT_EQ(database_.integer("SELECT sum(rows_changed) FROM pgfill.range"), rows_);
    EXPECT_EQ(database_.integer("SELECT count(*) FROM pgfill.change"), 0) << "forgotten with the end of the job";
  }
  void expect_done(const JobSpec& spec) {
    const RunReport report = run(spec);
    EXPECT_EQ(report.exit, ExitCode::done) << report.error.message;
  }

  std::int64_t rows_ = 0;
};

TEST_F(OwnInserts, TheOldVersionsThatATriggerKeepsAreNoWork) {
  make_docs(50'000);
  add_trigger("keep_old", "BEFORE UPDATE", keep_old);
  expect_done(doc_spec());
  expect_one_old_version_each();
}

TEST_F(OwnInserts, WhicheverWayTheTriggerFiresAndWhateverTheKeyIs) {
  for (const std::string timing : {"BEFORE UPDATE", "AFTER UPDATE OF lang"}) {
    for (const std::string key : {"bigserial PRIMARY KEY", "uuid PRIMARY KEY DEFAULT gen_random_uuid()"}) {
      for (const std::string where : {"lang IS NULL", "lang IS DISTINCT FROM 'en'", ""}) {
        SCOPED_TRACE(timing + ", " + key + ", " + where);
        make_docs(6'000, key);
        add_trigger("keep_old", timing, keep_old);
        JobSpec spec = doc_spec(where.empty() ? 1 : 2);
        spec.where = where;
        expect_done(spec);
        expect_one_old_version_each();
        database_.execute("DROP TABLE doc; DROP FUNCTION keep_old; DROP SCHEMA pgfill CASCADE");
      }
    }
  }
}

TEST_F(OwnInserts, ATriggerThatIsPutOffToTheCommitCounts) {
  make_docs(6'000);
  add_trigger("keep_old", "AFTER UPDATE", keep_old, "DEFERRABLE INITIALLY DEFERRED FOR EACH ROW", "CONSTRAINT TRIGGER");
  expect_done(doc_spec());
  expect_one_old_version_each();
}

TEST_F(OwnInserts, ATriggerForStatementsDoesNotKeepTheLastRangeOpen) {
  make_docs(6'000);
  add_trigger("note_batch", "AFTER UPDATE", "INSERT INTO doc (doc_id) VALUES (-1);", "FOR EACH STATEMENT");
  Control control;
  watcher_.on_batch = [&] {
    if (watcher_.batches > 1'000) control.stop();
  };
  const RunReport report = run_job(doc_spec(), settings_, {}, control, watcher_);
  EXPECT_EQ(report.exit, ExitCode::done) << report.error.message;
  EXPECT_EQ(database_.integer("SELECT count(*) FROM doc WHERE lang = 'en'"), 6'000);
  EXPECT_EQ(database_.integer("SELECT count(*) FROM doc WHERE lang = 'en' AND doc_id = -1"), 0);
}

TEST_F(OwnInserts, AFunctionInAnExpressionInsertsNoWorkEither) {
  make_docs(3'000);
  database_.execute(
      "CREATE FUNCTION kept(doc_id int, body text) RETURNS text LANGUAGE plpgsql AS $$ BEGIN "
      "INSERT INTO doc (doc_id, body, valid_to) VALUES ($1, $2, now()); RETURN 'en'; END $$");
  JobSpec spec = doc_spec(1);
  spec.set() = {{"lang", "kept(doc_id, body)"}};
  expect_done(spec);
  expect_one_old_version_each();
}

TEST_F(OwnInserts, NorDoTheyBecomeWorkWhenTheFunctionIsReplacedBetweenTwoRuns) {
  make_docs(3'000);
  add_trigger("keep_old", "BEFORE UPDATE",
              std::string(keep_old) + " IF NEW.doc_id = 2000 THEN RAISE EXCEPTION 'not this one'; END IF;");
  EXPECT_EQ(run(doc_spec(1)).exit, ExitCode::stopped);
  EXPECT_GT(database_.integer("SELECT count(*) FROM doc WHERE valid_to IS NOT NULL"), 0);
  database_.execute(
      "CREATE OR REPLACE FUNCTION keep_old() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$");
  expect_done(doc_spec(1));
  EXPECT_EQ(database_.integer("SELECT count(*) FROM doc WHERE valid_to IS NOT NULL AND lang IS NOT NULL"), 0);
  EXPECT_EQ(database_.integer("SELECT count(*) FROM doc WHERE valid_to IS NULL AND lang IS NULL"), 0);
}

TEST_F(OwnInserts, OfAPartitionedTableTheyAreNoWorkEither) {
  database_.execute(
      "CREATE TABLE doc (id bigserial PRIMARY KEY, doc_id int, body text, lang text, valid_to timestamptz, "
      "touched int NOT NULL DEFAULT 0) PARTITION BY RANGE (id);"
      "CREATE TABLE doc_1 PARTITION OF doc FOR VALUES FROM (MINVALUE) TO (2000);"
      "CREATE TABLE doc_2 PARTITION OF doc FOR VALUES FROM (2000) TO (4000);"
      "CREATE TABLE doc_3 PARTITION OF doc DEFAULT");
  fill_docs(6'000);
  add_trigger("keep_old", "BEFORE UPDATE", keep_old);
  expect_done(doc_spec());
  expect_one_old_version_each();
}

/// Such a row bears the job's transaction as the old versions do.
TEST_F(OwnInserts, ARowThatTheTriggerTouchesIsDoneAllTheSame) {
  for (const std::string timing : {"BEFORE UPDATE OF lang", "AFTER UPDATE OF lang"}) {
    SCOPED_TRACE(timing);
    make_docs(6'000);
    add_trigger(
        "keep_old", timing,
        "INSERT INTO doc (doc_id, lang, valid_to) VALUES (OLD.doc_id, 'old', now());" + std::string(touch_sibling));
    expect_done(doc_spec(1));
    EXPECT_EQ(database_.integer("SELECT count(*) FROM doc WHERE lang = 'en' AND valid_to IS NULL"), rows_);
    EXPECT_GE(database_.integer("SELECT count(*) FROM doc WHERE touched > 0 AND valid_to IS NULL"), rows_ - 500);
    EXPECT_EQ(database_.integer("SELECT count(*) FROM doc"), 2 * rows_);
    database_.execute("DROP TABLE doc; DROP FUNCTION keep_old; DROP SCHEMA pgfill CASCADE");
  }
}

TEST_F(OwnInserts, NorDoesOneTakePartInItThatIsTouchedAtTheCommit) {
  make_docs(6'000);
  add_trigger("keep_old", "AFTER UPDATE OF lang", "INSERT INTO doc (doc_id, lang, valid_to) VALUES (1, 'old', now());");
  add_trigger("touch", "AFTER UPDATE OF lang", touch_sibling, "DEFERRABLE INITIALLY DEFERRED FOR EACH ROW",
              "CONSTRAINT TRIGGER");
  expect_done(doc_spec(1));
  EXPECT_EQ(database_.integer("SELECT count(*) FROM doc WHERE lang = 'en' AND valid_to IS NULL"), rows_);
}

TEST_F(OwnInserts, RowsThatOthersHeldLeaveOldVersionsThatAreNoWork) {
  for (const std::string key : {"bigserial PRIMARY KEY", "uuid PRIMARY KEY DEFAULT gen_random_uuid()"}) {
    SCOPED_TRACE(key);
    make_docs(6'000, key);
    add_trigger("keep_old", "BEFORE UPDATE OF lang", keep_old);
    Database holder(scratch_.conninfo(), "application");
    holder.execute("BEGIN; SELECT FROM doc WHERE doc_id % 1000 = 0 FOR UPDATE");
    auto running = std::async(std::launch::async, [this] { return run(doc_spec()); });
    const auto waits = [this] {
      return database_.value("SELECT to_regclass('pgfill.event')") != "NULL" &&
             database_.integer("SELECT count(*) FROM pgfill.event WHERE message LIKE 'waiting for 6 rows%'") > 0;
    };
    EXPECT_TRUE(eventually(60s, waits));
    holder.execute("COMMIT");
    const RunReport report = running.get();
    EXPECT_EQ(report.exit, ExitCode::done) << report.error.message;
    expect_one_old_version_each();
    database_.execute("DROP TABLE doc; DROP FUNCTION keep_old; DROP SCHEMA pgfill CASCADE");
  }
}

TEST_F(OwnInserts, ARowThatTheApplicationHasWrittenSinceIsWork) {
  make_docs(6'000);
  add_trigger("keep_old", "BEFORE UPDATE OF lang", keep_old);
  watcher_.on_batch = [this] {
    if (watcher_.batches == 2) database_.execute("UPDATE doc SET body = 'theirs' WHERE valid_to IS NOT NULL");
  };
  expect_done(doc_spec(1));
  const std::int64_t theirs = database_.integer("SELECT count(*) FROM doc WHERE body = 'theirs' AND lang = 'en'");
  EXPECT_GT(theirs, 0);
  EXPECT_EQ(database_.integer("SELECT count(*) FROM doc WHERE body = 'theirs' AND lang IS NULL"), theirs)
      << "their old versions";
  EXPECT_EQ(database_.integer("SELECT sum(rows_changed) FROM pgfill.range"), rows_ + theirs);
}

TEST_F(OwnInserts, AJobThatMakesItsOwnWorkIsStopped) {
  // A block with EXCEPTION writes in a transaction of its own; a touched row may be work.
  const std::string keep = keep_old;
  for (const std::string& body :
       {"BEGIN " + keep + " EXCEPTION WHEN unique_violation THEN NULL; END;", keep + touch_sibling}) {
    SCOPED_TRACE(body);
    make_docs(1'000);
    add_trigger("keep_old", "AFTER UPDATE OF lang", body);
    JobSpec spec = doc_spec(1);
    spec.batch.max_rows = 5'000;
    const RunReport report = run(spec);
    EXPECT_EQ(report.exit, ExitCode::guardrail) << report.error.message;
    EXPECT_NE(report.error.message.find("makes its own work"), std::string::npos) << report.error.message;
    EXPECT_NE(report.error.hint.find("bound: at_start"), std::string::npos) << report.error.hint;
    EXPECT_LT(database_.integer("SELECT count(*) FROM doc"), 100'000);
    database_.execute(
        "DELETE FROM doc WHERE valid_to IS NOT NULL; ALTER TABLE doc DISABLE TRIGGER keep_old;"
        "UPDATE doc SET lang = NULL; ALTER TABLE doc ENABLE TRIGGER keep_old");
    spec.bound = Bound::at_start;
    RunOptions again;
    again.again = true;
    const RunReport bounded = run(spec, again);
    EXPECT_EQ(bounded.exit, ExitCode::done) << bounded.error.message;
    EXPECT_EQ(database_.integer("SELECT count(*) FROM doc WHERE valid_to IS NOT NULL"), rows_) << "as it said";
    database_.execute("DROP TABLE doc; DROP FUNCTION keep_old; DROP SCHEMA pgfill CASCADE");
  }
}

TEST_F(OwnInserts, ATableThatTheApplicationFillsFasterThanTheJobGoesIsSaid) {
  make_docs(2'000);
  const auto begun = std::chrono::steady_clock::now();
  std::optional<Progress> outgrown;
  watcher_.on_batch = [&] {
    if (outgrown || std::chrono::steady_clock::now() - begun > 60s) return;
    database_.execute("INSERT INTO doc (doc_id) SELECT -1 FROM generate_series(1, 1000)");
    if (watcher_.last.reason.find("grows as fast as the job advances") != std::string::npos) outgrown = watcher_.last;
  };
  JobSpec spec = doc_spec(1);
  spec.batch.min_rows = spec.batch.max_rows = 500;
  expect_done(spec);
  ASSERT_TRUE(outgrown);
  EXPECT_FALSE(outgrown->eta_shortest || outgrown->eta_longest);
  EXPECT_GT(outgrown->estimated_rows, 2'000);
  EXPECT_LT(outgrown->share, 0.9);
  EXPECT_EQ(database_.integer("SELECT count(*) FROM pgfill.event WHERE kind = 'table_grows'"), 1);
  EXPECT_EQ(database_.integer("SELECT count(*) FROM doc WHERE lang IS NULL"), 0);
}

}  // namespace
}  // namespace pgfill::tests
