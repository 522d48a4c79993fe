// What a person is told to write instead of SQL that other programs, other databases or hand-made batches use.
#include <gtest/gtest.h>

#include <string>

#include "pgfill/spec.h"
#include "unit/spec/spec_samples.h"

namespace pgfill::test {
namespace {

std::string hint_for(const std::string& sql) {
  const auto result = parse_statement(sql);
  EXPECT_FALSE(result) << sql;
  return result ? "" : result.error().hint;
}

struct Sample {
  const char* sql;
  const char* says;
};

template <std::size_t size>
void expect_hints(const Sample (&samples)[size]) {
  for (const Sample& sample : samples) {
    EXPECT_NE(hint_for(sample.sql).find(sample.says), std::string::npos)
        << sample.sql << "\n    " << hint_for(sample.sql);
  }
}

TEST(SqlHints, PlaceholdersOfDriversAndVariablesOfPsqlHaveNoValue) {
  const Sample samples[] = {
      {"UPDATE t SET b = ? WHERE id = ?", "? is a placeholder"},
      {"UPDATE t SET b =? WHERE id=?", "? is a placeholder"},
      {"UPDATE t SET b = 1 WHERE id IN (?, ?)", "? is a placeholder"},
      {"UPDATE t SET b = %s WHERE id = %s", "%s is a placeholder"},
      {"UPDATE t SET b = 1 WHERE id = %(id)s", "%(id)s is a placeholder"},
      {"UPDATE t SET b = :tenant", ":tenant is a variable of psql"},
      {"UPDATE t SET b = :'tenant'", ":'tenant' is a variable of psql"},
      {"UPDATE t SET :\"column\" = 1", ":\"column\" is a variable of psql"},
      {"UPDATE t SET b = {value}", "{value} is a placeholder of a template"},
      {"UPDATE t SET b = ${value}", "{value} is a placeholder of a template"},
      {"UPDATE t SET b = $1", "write the value itself"},
  };
  expect_hints(samples);
}

TEST(SqlHints, ReservedWordsGoInDoubleQuotes) {
  const Sample samples[] = {
      {"UPDATE order SET b = 1", "\"order\""},     {"UPDATE t SET user = 1", "\"user\""},
      {"UPDATE t SET a = 1, end = 2", "\"end\""},  {"UPDATE t SET a = 1 WHERE group IS NULL", "\"group\""},
      {"UPDATE t SET limit = 5", "\"limit\""},     {"UPDATE t SET a = order WHERE b", "\"order\""},
      {"UPDATE table t SET a = 1", "leave TABLE"},
  };
  expect_hints(samples);
}

TEST(SqlHints, BatchesAndTheirOrderArePgfills) {
  const Sample samples[] = {
      {"UPDATE t SET b = 1 LIMIT 1000", "leave LIMIT out: pgfill makes the batches itself"},
      {"UPDATE t SET b = 1 WHERE b IS NULL FETCH FIRST 10 ROWS ONLY", "pgfill makes the batches itself"},
      {"UPDATE t SET b = 1 ORDER BY id", "leave ORDER BY out"},
      {"UPDATE t SET b = 1 ORDER BY id LIMIT 5", "leave LIMIT out"},
      {"UPDATE TOP (100) t SET b = 1", "leave TOP out"},
      {"UPDATE t SET b = 1 FOR UPDATE SKIP LOCKED", "locking clause"},
  };
  expect_hints(samples);
}

TEST(SqlHints, OtherDatabasesAreTranslated) {
  const Sample samples[] = {
      {"UPDATE `t` SET b = 1", "double quotes"},
      {"UPDATE [t] SET b = 1", "SQL Server"},
      {"UPDATE a JOIN b ON a.i = b.i SET x = 1", "SET column = (SELECT"},
      {"UPDATE a LEFT JOIN b USING (i) SET x = 1", "SET column = (SELECT"},
      {"UPDATE a, b SET x = 1 WHERE a.i = b.i", "SET column = (SELECT"},
      {"UPDATE t SET b == 1", "one equals sign"},
      {"UPDATE t SET b = \u2018x\u2019 y", "word processor"},
      {"MERGE INTO t USING o ON true WHEN MATCHED THEN DO NOTHING", "SET column = (SELECT"},
  };
  expect_hints(samples);
}

TEST(SqlHints, MissingAndSuperfluousPartsAreNamed) {
  const Sample samples[] = {
      {"UPDATE t SET a = 1, WHERE b", "comma too many before WHERE"},
      {"UPDATE t SET a = WHERE b", "missing before WHERE"},
      {"UPDATE t SET a = 1 WHERE", "missing at the end"},
      {"UPDATE t SET a = (1 + 2", "bracket is not closed"},
      {"UPDATE t WHERE a = 1", "SET is missing"},
      {"UPDATE t SET a = 1 b", "grammar of PostgreSQL 15"},
  };
  expect_hints(samples);
}

TEST(SqlHints, HandMadeBatchesAreShownAsThePlainUpdate) {
  const Sample samples[] = {
      {"WITH batch AS (SELECT id FROM t WHERE b IS NULL LIMIT 1000) UPDATE t SET b = 1 FROM batch WHERE t.id = "
       "batch.id",
       "pgfill run \"UPDATE t SET b = 1 WHERE b IS NULL\""},
      {"WITH batch AS MATERIALIZED (SELECT x.id FROM app.t AS x WHERE x.b IS NULL ORDER BY x.id LIMIT 10 FOR UPDATE "
       "SKIP "
       "LOCKED) UPDATE app.t SET b = 1 FROM batch WHERE t.id = batch.id AND t.c > 2",
       "pgfill run \"UPDATE app.t SET b = 1 WHERE t.c > 2 AND t.b IS NULL\""},
      {"UPDATE t SET b = 1 WHERE id IN (SELECT id FROM t WHERE b IS NULL LIMIT 1000)",
       "pgfill run \"UPDATE t SET b = 1 WHERE b IS NULL\""},
      {"UPDATE t SET b = 1 WHERE b IS NULL AND id = ANY (ARRAY(SELECT id FROM t WHERE b IS NULL LIMIT 1000))",
       "pgfill run \"UPDATE t SET b = 1 WHERE b IS NULL\""},
      {"UPDATE t SET b = 1 FROM (SELECT id FROM t WHERE b IS NULL LIMIT 9) AS sub WHERE sub.id = t.id",
       "pgfill run \"UPDATE t SET b = 1 WHERE b IS NULL\""},
      {"UPDATE t SET b = 1 WHERE id IN (SELECT id FROM t WHERE b IS NULL OR a = 1 LIMIT 10) AND c = 2",
       "pgfill run \"UPDATE t SET b = 1 WHERE c = 2 AND (b IS NULL OR a = 1)\""},
      {"UPDATE t SET b = 'it''s \"x\"' WHERE id IN (SELECT id FROM t LIMIT 5)",
       "pgfill run 'UPDATE t SET b = '\\''it'\\'''\\''s \"x\"'\\'''"},
  };
  expect_hints(samples);
}

TEST(SqlHints, ABatchThatIsNoPlainUpdateIsNotShownAsOne) {
  for (const char* sql :
       {"UPDATE t SET b = 1 WHERE id NOT IN (SELECT id FROM t WHERE b IS NULL LIMIT 5)",
        "UPDATE t SET b = 1 WHERE id NOT IN (SELECT id FROM t)",
        "WITH x AS (SELECT id, c FROM t LIMIT 5) UPDATE t SET b = x.c FROM x WHERE t.id = x.id",
        "UPDATE t SET b = 1 WHERE id IN (SELECT id FROM o LIMIT 5)",
        "UPDATE t SET b = 1 WHERE id IN (SELECT parent FROM t WHERE b IS NULL LIMIT 5)",
        "UPDATE t SET b = 1 WHERE id IN (SELECT id FROM s.t WHERE b IS NULL LIMIT 5)",
        "WITH x AS (SELECT id FROM t WHERE b IS NULL LIMIT 5) UPDATE t SET b = 1 FROM x WHERE t.p = x.id",
        "WITH x AS (SELECT id FROM t ORDER BY a DESC LIMIT 5) UPDATE t SET b = 1 FROM x WHERE t.id = x.id",
        "UPDATE t SET b = 1 WHERE id IN (SELECT id FROM t x WHERE x.b IS NULL AND x.a = t.a LIMIT 5)",
        "UPDATE t SET b = 1 WHERE id IN (SELECT DISTINCT ON (a) id FROM t WHERE b IS NULL LIMIT 5)",
        "UPDATE t SET b = 1 WHERE id IN (SELECT id FROM t WHERE b IS NULL OFFSET 5)",
        "WITH x AS (SELECT id FROM t LIMIT 5) UPDATE t SET b = 1 FROM x, o WHERE t.id = x.id AND o.t = t.id"}) {
    EXPECT_EQ(hint_for(sql).find("pgfill run"), std::string::npos) << hint_for(sql);
  }
}

TEST(SqlHints, LoopsAreShownAsThePlainUpdateInThem) {
  const Sample samples[] = {
      {"DO $$ BEGIN UPDATE t SET b = 1; END $$;", "give the UPDATE alone:\npgfill run \"UPDATE t SET b = 1\""},
      {"DO $$ DECLARE n int; BEGIN LOOP UPDATE t SET b = 1 WHERE id IN (SELECT id FROM t WHERE b IS NULL LIMIT 1000); "
       "GET "
       "DIAGNOSTICS n = ROW_COUNT; EXIT WHEN n = 0; COMMIT; END LOOP; END $$;",
       "pgfill run \"UPDATE t SET b = 1 WHERE b IS NULL\""},
      {"DO $$ DECLARE r record; BEGIN FOR r IN SELECT id FROM t WHERE b IS NULL LOOP UPDATE t SET b = 1 WHERE id = "
       "r.id; END "
       "LOOP; END $$",
       "pgfill run \"UPDATE t SET b = 1 WHERE b IS NULL\""},
      {"CREATE PROCEDURE fill() LANGUAGE plpgsql AS $$ DECLARE lo bigint := 0; BEGIN WHILE lo < 100 LOOP UPDATE t SET "
       "b = a "
       "WHERE id BETWEEN lo AND lo + 9 AND b IS NULL; lo := lo + 10; COMMIT; END LOOP; END $$",
       "pgfill run \"UPDATE t SET b = a WHERE b IS NULL\""},
      {"DO $$ BEGIN EXECUTE 'UPDATE t SET b = ''x'''; END $$", "pgfill run \"UPDATE t SET b = 'x'\""},
      {"DO $$ BEGIN UPDATE t SET b = 1; UPDATE o SET b = 1; END $$", "give the UPDATE alone: pgfill run"},
      {"CALL fill()", "give the UPDATE that stands in the procedure"},
      {"SELECT fill()", "UPDATE that stands in it"},
  };
  expect_hints(samples);
}

}  // namespace
}  // namespace pgfill::test
