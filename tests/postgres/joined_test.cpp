// UPDATE … FROM and DELETE … USING: what is accepted, and that batches do what the statement does. A real server.
#include <algorithm>

#include "postgres/plan_fixture.h"
#include "support/run_job_fixture.h"

namespace pgfill::tests {
namespace {

/// `child` rows refer to `parent` ones, some to none; `bulk` is a copy of child for the statement as a whole.
class Joined : public RunJob {
 protected:
  void make_tables(const std::string& key, const std::string& key_type, const std::string& value) {
    database_.execute(
        "CREATE TABLE parent (id int PRIMARY KEY, v text, region int);"
        "CREATE TABLE region (id int PRIMARY KEY, name text);"
        "INSERT INTO region SELECT i, 'r' || i FROM generate_series(1, 5) i;"
        "INSERT INTO parent SELECT i, CASE WHEN i % 3 > 0 THEN 'v' || i END, i % 7 FROM generate_series(1, 200) i;"
        "CREATE TABLE child (" +
        key + " " + key_type + ", n int, parent int, v text, r text, PRIMARY KEY (" + key + (key == "a" ? ", n" : "") +
        "));"
        "INSERT INTO child SELECT " +
        value +
        ", i, CASE WHEN i % 5 > 0 THEN i % 300 END, 'old' "
        "FROM generate_series(1, 3000) i; CREATE TABLE bulk AS TABLE child; ANALYZE");
  }
  JobSpec spec_of(const std::string& sql) {
    Result<JobSpec> spec = parse_statement(sql, "joined");
    EXPECT_TRUE(spec) << spec.error().message << spec.error().hint;
    spec->throttle.courtesy = false;
    return *spec;
  }
  void run_as_bulk(const std::string& job, const std::string& bulk) {
    const std::int64_t expected =
        database_.integer("WITH done AS (" + bulk + " RETURNING 1) SELECT count(*) FROM done");
    const RunReport report = run(spec_of(job));
    EXPECT_EQ(report.exit, ExitCode::done) << report.error.message << report.error.hint;
    EXPECT_EQ(database_.integer("SELECT sum(rows_changed) FROM pgfill.range"), expected);
    EXPECT_EQ(database_.integer(
                  "SELECT count(*) FROM ((TABLE child EXCEPT TABLE bulk) UNION ALL (TABLE bulk EXCEPT TABLE child)) x"),
              0);
  }
  /// The error's text; empty: it is accepted.
  std::string refusal(const std::string& sql) {
    const Result<Plan> plan = make_plan(scratch_.conninfo(), spec_of(sql));
    EXPECT_TRUE(plan) << plan.error().message;
    for (const Finding& finding : plan->findings)
      if (finding.severity == Finding::Severity::refusal) return finding.text;
    return "";
  }
};

constexpr const char* joins =
    " SET v = p.v, r = g.name FROM parent p LEFT JOIN region g ON g.id = p.region WHERE p.id = c.parent";

TEST_F(Joined, TheRowsAreThoseOfTheStatementWithTextKeys) {
  make_tables("k", "text", "'k' || i");
  run_as_bulk("UPDATE child c" + std::string(joins), "UPDATE bulk c" + std::string(joins));
}

TEST_F(Joined, TheRowsAreThoseOfTheStatementWithUuidKeys) {
  make_tables("k", "uuid", "md5(i::text)::uuid");
  run_as_bulk("UPDATE child c" + std::string(joins), "UPDATE bulk c" + std::string(joins));
}

TEST_F(Joined, TheRowsAreThoseOfTheStatementWithKeysOfTwoColumns) {
  make_tables("a", "int", "i % 11");
  run_as_bulk("UPDATE child c" + std::string(joins), "UPDATE bulk c" + std::string(joins));
}

TEST_F(Joined, ADeletionTakesARowOnceHoweverManyMatchesItHas) {
  make_tables("k", "int", "i");
  database_.execute(
      "CREATE TABLE mark (parent int); INSERT INTO mark SELECT i % 50 FROM generate_series(1, 500) i; ANALYZE mark");
  run_as_bulk(
      "DELETE FROM child c USING mark m, parent p WHERE m.parent = c.parent AND p.id = c.parent AND p.v IS NOT NULL",
      "DELETE FROM bulk c USING mark m, parent p WHERE m.parent = c.parent AND p.id = c.parent AND p.v IS NOT NULL");
}

TEST_F(Joined, WhatMayHaveSeveralMatchesIsRefusedByItsName) {
  make_tables("k", "int", "i");
  database_.execute(
      "CREATE TABLE tag (child int, name text, lower text); CREATE UNIQUE INDEX ON tag (child) WHERE name = 'x';"
      "CREATE UNIQUE INDEX ON tag (lower(name)); CREATE VIEW first AS SELECT DISTINCT ON (child) * FROM tag");
  for (const char* accepted :
       {"FROM parent p WHERE p.id = c.parent", "FROM parent p WHERE id = c.parent AND region = 1",
        "FROM region g, parent p WHERE p.id = c.parent AND g.id = p.region", "FROM first f WHERE f.child = c.k",
        "FROM (SELECT child, max(name) AS name FROM tag GROUP BY child) t WHERE t.child = c.k",
        "FROM (SELECT max(name) AS name FROM tag) t", "FROM tag WHERE lower(name) = c.v"}) {
    EXPECT_EQ(refusal("UPDATE child c SET r = 'x' " + std::string(accepted)), "") << accepted;
  }
  for (const char* refused :
       {"FROM tag WHERE tag.child = c.k", "FROM tag", "FROM parent p, tag WHERE p.id = c.parent AND tag.child = p.id",
        "FROM parent p JOIN tag ON true WHERE p.id = c.parent",
        "FROM (SELECT child FROM tag) tag WHERE tag.child = c.k"}) {
    EXPECT_NE(refusal("UPDATE child c SET r = 'x' " + std::string(refused)).find("several matches in tag"),
              std::string::npos)
        << refused << ": " << refusal("UPDATE child c SET r = 'x' " + std::string(refused));
  }
  EXPECT_NE(refusal("UPDATE child c SET r = 'x' FROM parent p WHERE p.id::text = c.v"), "");
  EXPECT_NE(refusal("UPDATE child c SET r = 'x' FROM parent p WHERE p.id = c.parent OR p.id = c.n"), "");
  EXPECT_NE(
      refusal("UPDATE child c SET r = 'x' FROM parent p NATURAL JOIN region WHERE p.id = c.parent").find("one match"),
      std::string::npos);
}

TEST_F(Joined, TheServersWordsAgainstFromAreItsWordsAgainstFrom) {
  make_tables("k", "int", "i");
  EXPECT_NE(refusal("UPDATE child c SET r = 'x' FROM nosuch p WHERE p.id = c.parent").find("the server rejects from"),
            std::string::npos);
  EXPECT_NE(refusal("UPDATE child c SET r = v FROM parent p WHERE p.id = c.parent").find("ambiguous"),
            std::string::npos);
}

TEST_F(Joined, ThePlanShowsTheStatementOfABatchAndSaysThatItIsOneSnapshot) {
  make_tables("k", "int", "i");
  const Result<Plan> plan = make_plan(scratch_.conninfo(), spec_of("UPDATE child c" + std::string(joins)));
  ASSERT_TRUE(plan) << plan.error().message;
  EXPECT_NE(plan->batch_sql.find("\nFROM parent p LEFT JOIN region g ON g.id = p.region\nWHERE \"c\".\"k\" >"),
            std::string::npos)
      << plan->batch_sql;
  EXPECT_TRUE(std::any_of(plan->findings.begin(), plan->findings.end(), [](const Finding& finding) {
    return finding.check == "one_snapshot" && finding.text.starts_with("the join reads other rows");
  }));
}

TEST_F(Joined, APartitionedTableIsGoneOverPartitionByPartition) {
  database_.execute(
      "CREATE TABLE parent (id int PRIMARY KEY, v text); INSERT INTO parent SELECT i, 'v' || i FROM generate_series(1, "
      "90) i;"
      "CREATE TABLE child (k int PRIMARY KEY, parent int, v text) PARTITION BY RANGE (k);"
      "CREATE TABLE child_1 PARTITION OF child FOR VALUES FROM (0) TO (1000);"
      "CREATE TABLE child_2 PARTITION OF child FOR VALUES FROM (1000) TO (3000);"
      "INSERT INTO child SELECT i, i % 100 FROM generate_series(0, 2999) i; CREATE TABLE bulk AS TABLE child; ANALYZE");
  run_as_bulk("UPDATE child SET v = p.v FROM parent p WHERE p.id = child.parent",
              "UPDATE bulk SET v = p.v FROM parent p WHERE p.id = bulk.parent");
  EXPECT_EQ(database_.integer("SELECT count(*) FROM pgfill.relation"), 2);
}

TEST_F(Joined, ABadRowIsSetAsideAndTheOthersAreDone) {
  make_tables("k", "int", "i");
  database_.execute("ALTER TABLE child ADD CHECK (v <> 'v101')");
  JobSpec spec = spec_of("UPDATE child c SET v = p.v FROM parent p WHERE p.id = c.parent AND c.k <= 150");
  spec.bad_rows.action = BadRows::Action::quarantine;
  EXPECT_EQ(run(spec).exit, ExitCode::stopped);
  EXPECT_EQ(database_.value("SELECT string_agg(key::text, ' ') FROM pgfill.skipped"), "{101}");
  EXPECT_EQ(database_.integer("SELECT count(*) FROM child WHERE k <= 150 AND v = 'old'"), 31);
}

}  // namespace
}  // namespace pgfill::tests
