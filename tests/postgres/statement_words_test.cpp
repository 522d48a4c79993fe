// Words of SQL mean in a job what they mean to the server: ONLY, DEFAULT, names without a schema, escapes. A real
// server.
#include "support/run_job_fixture.h"

namespace pgfill::tests {
namespace {

class StatementWords : public RunJob {
 protected:
  JobSpec job(const std::string& sql, const std::string& name = "words") {
    Result<JobSpec> spec = parse_statement(sql, name);
    EXPECT_TRUE(spec) << sql << (spec ? "" : spec.error().message);
    spec->throttle.courtesy = false;
    return *spec;
  }
  RunReport run_sql(const std::string& sql, const std::string& name = "words") { return run(job(sql, name)); }
  void expect_done(const std::string& sql, const std::string& name = "words") {
    const RunReport report = run_sql(sql, name);
    EXPECT_EQ(report.exit, ExitCode::done) << sql << '\n' << report.error.message;
  }
  void expect_refused(const std::string& sql, const std::string& says) {
    const RunReport report = run_sql(sql, "refused");
    EXPECT_EQ(report.exit, ExitCode::refused) << sql;
    EXPECT_NE((report.error.message + report.error.hint).find(says), std::string::npos) << sql << '\n'
                                                                                        << report.error.message << '\n'
                                                                                        << report.error.hint;
  }
  std::int64_t count(const std::string& condition) { return database_.integer("SELECT count(*) FROM " + condition); }
};

TEST_F(StatementWords, UpdateOnlyOfAPartitionedTableChangesNoRowAndSaysWhy) {
  database_.execute(
      "CREATE TABLE parted (id int PRIMARY KEY, v int, w int) PARTITION BY RANGE (id);"
      "CREATE TABLE parted_1 PARTITION OF parted FOR VALUES FROM (0) TO (5000);"
      "INSERT INTO parted SELECT g, g FROM generate_series(1, 500) g; ANALYZE");
  expect_refused("UPDATE ONLY parted SET w = v", "UPDATE ONLY changes nothing in it");
  EXPECT_EQ(count("parted WHERE w IS NOT NULL"), 0);
  expect_done("UPDATE ONLY parted_1 SET w = v");
  EXPECT_EQ(count("parted WHERE w = v"), 500);
}

TEST_F(StatementWords, UpdateOnlyOfAParentChangesItsOwnRowsWhateverChildrenComeAndGo) {
  database_.execute(
      "CREATE TABLE parent (id int PRIMARY KEY, v int, w int);"
      "CREATE TABLE child (PRIMARY KEY (id)) INHERITS (parent); CREATE TABLE late (PRIMARY KEY (id)) INHERITS (child);"
      "INSERT INTO parent SELECT g, g FROM generate_series(1, 3000) g;"
      "INSERT INTO child SELECT g, g FROM generate_series(1, 3000) g; ANALYZE");
  expect_refused("UPDATE parent SET w = v", "write UPDATE ONLY");
  JobSpec spec = job("UPDATE ONLY parent SET w = v + 1 WHERE w IS NULL");
  spec.batch.max_rows = 100;
  Control control;
  bool stopped = false;
  watcher_.on_batch = [&] {
    if (!stopped) control.stop();
    stopped = true;
  };
  EXPECT_EQ(run_job(spec, settings_, {}, control, watcher_).exit, ExitCode::interrupted);
  database_.execute("CREATE TABLE attached (PRIMARY KEY (id)) INHERITS (parent); ALTER TABLE child NO INHERIT parent");
  watcher_.on_batch = nullptr;
  const RunReport report = run(spec);
  EXPECT_EQ(report.exit, ExitCode::done) << report.error.message;
  EXPECT_EQ(count("ONLY parent WHERE w = v + 1"), 3000);
  EXPECT_EQ(count("child WHERE w IS NOT NULL"), 0);
}

TEST_F(StatementWords, OnlyBelongsToWhatAJobIs) {
  make_items(100);
  expect_done("UPDATE ONLY items SET n = 1 WHERE n = 0");
  const RunReport other = run_sql("UPDATE items SET n = 1 WHERE n = 0");
  EXPECT_EQ(other.error.code, ErrorCode::spec_changed);
  EXPECT_NE(other.error.message.find("only: was yes, now no"), std::string::npos) << other.error.message;
}

TEST_F(StatementWords, ATableOfTheSameNameInAnotherSchemaMayBeRead) {
  database_.execute(
      "CREATE SCHEMA backup; CREATE TABLE users (id int PRIMARY KEY, x text); CREATE TABLE backup.users (LIKE users "
      "INCLUDING ALL);"
      "INSERT INTO users SELECT g FROM generate_series(1, 500) g;"
      "INSERT INTO backup.users SELECT g, 'v' || g FROM generate_series(1, 500) g; ANALYZE");
  expect_done("UPDATE users SET x = (SELECT b.x FROM backup.users b WHERE b.id = users.id) WHERE x IS NULL");
  EXPECT_EQ(count("users JOIN backup.users b USING (id, x)"), 500);
}

TEST_F(StatementWords, TheTableItselfIsRefusedByWhateverNameASubSelectReadsIt) {
  database_.execute(
      "CREATE SCHEMA app; CREATE TABLE users (id int PRIMARY KEY, x int); CREATE VIEW seen AS SELECT * FROM users;"
      "CREATE VIEW app.users AS SELECT id, x FROM seen");
  const std::string says = "a subquery reads public.users, the table the job changes";
  for (const char* rows : {"SELECT 0 WHERE false", "SELECT generate_series(1, 100)"}) {
    database_.execute("INSERT INTO users " + std::string(rows));
    expect_refused("UPDATE users SET x = (SELECT max(x) FROM public.users)", says);
    expect_refused("UPDATE public.users SET x = (SELECT max(x) FROM users)", says);
    expect_refused("UPDATE users SET x = (SELECT max(x) FROM seen)", says);
    expect_refused("UPDATE users SET x = (SELECT max(x) FROM app.users)", says);
    expect_refused(
        "UPDATE users SET x = 1 WHERE id IN (WITH users AS (SELECT * FROM public.users) SELECT id FROM users)", says);
  }
}

TEST_F(StatementWords, ASubSelectOnAPartitionOfTheTableIsRefusedWhileItIsEmptyToo) {
  database_.execute(
      "CREATE TABLE parted (id int PRIMARY KEY, v int) PARTITION BY RANGE (id);"
      "CREATE TABLE parted_1 PARTITION OF parted FOR VALUES FROM (0) TO (100);"
      "CREATE TABLE parted_2 PARTITION OF parted FOR VALUES FROM (100) TO (200)");
  const std::string says = "a subquery reads public.parted";
  for (const char* rows : {"SELECT 0 WHERE false", "SELECT generate_series(1, 50)"}) {
    database_.execute("INSERT INTO parted " + std::string(rows));
    expect_refused("UPDATE parted SET v = (SELECT max(v) FROM parted_2)", says);
    expect_refused("UPDATE parted SET v = (SELECT max(v) FROM public.parted)", says);
    expect_refused("UPDATE parted_2 SET v = (SELECT max(v) FROM parted)", "a subquery reads public.parted_2");
  }
}

TEST_F(StatementWords, DefaultIsWhatItWasWhenTheJobWasRegistered) {
  database_.execute(
      "CREATE DOMAIN short AS text DEFAULT 'by domain';"
      "CREATE TABLE q (id int PRIMARY KEY, src uuid DEFAULT gen_random_uuid(), kind text DEFAULT 'first', d short,"
      "                number int GENERATED BY DEFAULT AS IDENTITY, plain int DEFAULT 7);"
      "INSERT INTO q SELECT g, NULL, NULL, NULL, g, 1 FROM generate_series(1, 1000) g; ANALYZE;"
      "ALTER SEQUENCE q_number_seq RESTART 5001");
  JobSpec spec =
      job("UPDATE q SET src = DEFAULT, (kind, plain) = (DEFAULT, 2), d = default, number = DEFAULT WHERE kind IS NULL");
  spec.batch.max_rows = 50;
  Control control;
  bool stopped = false;
  watcher_.on_batch = [&] {
    if (!stopped) control.stop();
    stopped = true;
  };
  EXPECT_EQ(run_job(spec, settings_, {}, control, watcher_).exit, ExitCode::interrupted);
  database_.execute("ALTER TABLE q ALTER COLUMN kind SET DEFAULT 'second'");
  watcher_.on_batch = nullptr;
  const RunReport report = run(spec);
  EXPECT_EQ(report.exit, ExitCode::done) << report.error.message;
  EXPECT_EQ(count("q WHERE kind = 'first' AND d = 'by domain' AND plain = 2 AND number > 5000"), 1000);
  EXPECT_EQ(database_.integer("SELECT count(DISTINCT src) + count(DISTINCT number) FROM q"), 2000);
  EXPECT_NE(job_status(settings_, "words")->spec_yaml.find("'first'::text"), std::string::npos);
}

TEST_F(StatementWords, DefaultThatIsNoneOrTheServersOwnIsRefusedWithTheReason) {
  database_.execute(
      "CREATE TABLE q (id int PRIMARY KEY, bare text, twice int GENERATED ALWAYS AS (id * 2) STORED,"
      "                number int GENERATED ALWAYS AS IDENTITY);"
      "INSERT INTO q SELECT g, 'x' FROM generate_series(1, 100) g; ANALYZE");
  expect_refused("UPDATE q SET bare = DEFAULT WHERE bare IS NULL", "has no default");
  expect_refused("UPDATE q SET twice = DEFAULT", "is generated from others");
  expect_refused("UPDATE q SET number = DEFAULT", "GENERATED ALWAYS");
  expect_done("UPDATE q SET bare = DEFAULT WHERE bare = 'x'");
  EXPECT_EQ(count("q WHERE bare IS NULL"), 100);
}

TEST_F(StatementWords, StringsMeanWhatTheirSpellingSays) {
  make_items(200);
  expect_done(
      R"(UPDATE items SET pad = U&'d\0061t' || U&'!00e4' UESCAPE '!' || E'\t' || $x$\$x$ || N'n' || B'10'::text)");
  EXPECT_EQ(count(R"(items WHERE pad = 'dat' || chr(228) || chr(9) || chr(92) || 'n10')"), 200);
}

TEST_F(StatementWords, ABackslashIsRefusedWhereTheRolesSettingMakesItAnEscape) {
  make_items(200);
  database_.execute("ALTER DATABASE " + scratch_.name() + " SET standard_conforming_strings = off");
  expect_refused(R"(UPDATE items SET pad = 'a\nb')", "E'...'");
  expect_done(R"(UPDATE items SET pad = E'a\nb')");
  EXPECT_EQ(database_.integer("SELECT count(*) FROM items WHERE pad = 'a' || chr(10) || 'b'"), 200);
}

}  // namespace
}  // namespace pgfill::tests
