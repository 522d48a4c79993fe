// Which SQL text becomes a job and which is refused, with place and remedy: parse_statement and looks_like_sql.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "unit/spec/spec_samples.h"

namespace pgfill::test {
namespace {

std::string assignments(const JobSpec& spec) {
  std::string text;
  for (const auto& [column, expression] : spec.set()) text += "[" + column + "|" + expression + "]";
  return text;
}

TEST(ParseStatement, ReadsThePlaybooksUpdate) {
  const auto spec = parse_statement("UPDATE users SET account_state = user_status WHERE account_state IS NULL");
  ASSERT_TRUE(spec) << told(spec);
  EXPECT_EQ(spec->job, "users-account-state");
  EXPECT_EQ(spec->schema, "");
  EXPECT_EQ(spec->table, "users");
  EXPECT_EQ(spec->alias, "");
  EXPECT_EQ(assignments(*spec), "[account_state|user_status]");
  EXPECT_EQ(spec->where, "account_state IS NULL");
}

TEST(ParseStatement, KeepsTheTextOfEveryExpressionAndDropsComments) {
  const auto spec = parse_statement(R"(-- a comment; with SET a = 1 WHERE
UPDATE ONLY Public."Users" AS U /* set */ SET
    (a, "B") = (u.x /* c) */ , coalesce(y, 'it''s; ) where = ,')),
    c = CASE WHEN a > 1 -- hey, WHERE
        THEN $$;)$$ ELSE (SELECT max(z) FROM o WHERE o.id = u.id) END,
    d = ARRAY[1, 2], e = ROW(1, 2)
WHERE a[1] = 3 AND b LIKE '%where%'
; -- end)");
  ASSERT_TRUE(spec) << told(spec);
  EXPECT_EQ(spec->schema, "public");
  EXPECT_EQ(spec->table, "Users");
  EXPECT_EQ(spec->alias, "u");
  EXPECT_EQ(assignments(*spec),
            "[a|u.x][B|coalesce(y, 'it''s; ) where = ,')]"
            "[c|CASE WHEN a > 1\n        THEN $$;)$$ ELSE (SELECT max(z) FROM o WHERE o.id = u.id) END]"
            "[d|ARRAY[1, 2]][e|ROW(1, 2)]");
  EXPECT_EQ(spec->where, "a[1] = 3 AND b LIKE '%where%'");
}

TEST(ParseStatement, KeepsOnly) {
  EXPECT_FALSE(parse_statement("UPDATE t SET a = 1")->only);
  EXPECT_FALSE(parse_statement("UPDATE t * SET a = 1")->only);
  EXPECT_TRUE(parse_statement("UPDATE ONLY t SET a = 1")->only);
  EXPECT_TRUE(parse_statement("UPDATE ONLY (app.t) AS x SET a = 1")->only);
}

TEST(ParseStatement, WritesDefaultInOneWay) {
  const auto spec =
      parse_statement("UPDATE t SET a = default, (b, c) = (DEFAULT, 1), d = (Default /* x */), e = \"default\"");
  ASSERT_TRUE(spec) << told(spec);
  EXPECT_EQ(assignments(*spec), "[a|DEFAULT][b|DEFAULT][c|1][d|DEFAULT][e|\"default\"]");
}

TEST(ParseStatement, ReadsUnicodeEscapesWhereTheyStand) {
  const auto spec =
      parse_statement("UPDATE U&\"d\\0061ta\" SET a = U&'x''\\0061' UESCAPE '\\', b = U&'1'\n '2' WHERE c = 1");
  ASSERT_TRUE(spec) << told(spec);
  EXPECT_EQ(spec->table, "data");
  EXPECT_EQ(assignments(*spec), "[a|U&'x''\\0061' UESCAPE '\\'][b|U&'1'\n '2']");
  EXPECT_EQ(spec->where, "c = 1");
}

TEST(ParseStatement, AcceptsWhatKeepsItsMeaningInBatches) {
  for (const char* sql : {
           "UPDATE t SET a = 1",
           "update T set A=B+1 where C",
           "UPDATE t * SET a = 1",
           "UPDATE set SET where_ = 1",
           "UPDATE t SET a = now(), b = current_timestamp, c = current_user",
           "UPDATE t SET a = random(), b = nextval('s'), c = gen_random_uuid(), d = clock_timestamp()",
           "UPDATE t SET a = (SELECT count(*) FROM o)",
           "UPDATE t SET a = (SELECT x FROM o WHERE o.id = t.id ORDER BY y LIMIT 1)",
           "UPDATE t SET a = 1 WHERE EXISTS (SELECT 1 FROM o WHERE o.id = t.id LIMIT 1)",
           "UPDATE t SET a = 1 WHERE id IN (SELECT id FROM o)",
           "UPDATE t SET a = 1 WHERE created < now() - interval '1 day'",
           "UPDATE t SET a = (SELECT sum(v) FROM unnest(t.vs) AS v)",
           "UPDATE t SET a = (SELECT rank() OVER (ORDER BY y) FROM o LIMIT 1)",
           "UPDATE t SET a = my.sum(b)",
           "UPDATE s1.t SET a = (SELECT max(x) FROM s2.t)",
           "UPDATE t SET a = (SELECT max(a) FROM public.t)",
           "UPDATE s.t SET a = (SELECT max(a) FROM o JOIN t ON true)",
           "UPDATE t SET a = (WITH RECURSIVE t AS (SELECT 1 x UNION ALL SELECT x + 1 FROM t) SELECT max(x) FROM t)",
           "UPDATE t SET a = (SELECT t.ctid FROM b.t WHERE t.c = 1)::text",
           "UPDATE t SET a = U&'d\\0061t', U&\"gr\\00f6\\00dfe\" = 1, b = U&'!0061' UESCAPE '!' || N'x', c = X'1F'",
           "UPDATE t SET a = (WITH t AS (SELECT 1 x) SELECT x FROM t)",
           "UPDATE t SET a = (SELECT o.xmin FROM o)::text",
           "UPDATE t SET (a, b) = ROW(1, (2)), c = (b = c)",
           "UPDATE t SET (a, b) = (1, 2), (c, d) = ((3, 4), ARRAY[5, 6])",
           "UPDATE t SET a = 'd', b = E'\\n\\'', c = B'1', d = $x$;)$x$, \"e = 1\" = 'f'",
           "UPDATE t SET a = 'one'\n  'two', b = NULL",
           "UPDATE t SET größe = 'ö'",
       }) {
    const auto spec = parse_statement(sql);
    EXPECT_TRUE(spec) << sql << '\n' << told(spec);
  }
}

struct Refused {
  const char* sql;
  ErrorCode code;
  int column;
  const char* underlined;
  const char* says;  ///< part of message and hint together
};

void expect_refused(const Refused& sample) {
  const auto result = parse_statement(sample.sql);
  ASSERT_FALSE(result) << sample.sql << '\n' << told(result);
  const Error& error = result.error();
  EXPECT_EQ(error.code, sample.code) << sample.sql << '\n' << error.message;
  EXPECT_EQ(error.place.file, "<sql>");
  EXPECT_EQ(error.place.line, 1) << sample.sql;
  EXPECT_EQ(error.place.column, sample.column) << sample.sql << '\n' << error.message;
  EXPECT_NE((error.message + " | " + error.hint).find(sample.says), std::string::npos) << error.message << error.hint;
  EXPECT_FALSE(error.hint.empty()) << sample.sql;
  const auto from = static_cast<std::size_t>(error.place.column - 1);
  ASSERT_LE(from, error.place.line_text.size());
  EXPECT_EQ(error.place.line_text.substr(from, static_cast<std::size_t>(error.place.length)), sample.underlined);
}

TEST(ParseStatement, RefusesWhatIsNotOneUpdate) {
  constexpr auto code = ErrorCode::sql_not_a_backfill;
  const Refused samples[] = {
      {"UPDATE t SET a = 1; DELETE FROM t", code, 21, "DELETE", "second statement"},
      {"UPDATE t SET a = 1; UPDATE t SET b = 1;", code, 21, "UPDATE", "second statement"},
      {"BEGIN; UPDATE t SET a = 1; COMMIT", code, 1, "BEGIN", "leave BEGIN and COMMIT out"},
      {"DELETE FROM t", ErrorCode::sql_not_batchable, 1, "DELETE", "every row"},
      {"INSERT INTO t SELECT * FROM o", code, 1, "INSERT", "later version"},
      {"MERGE INTO t USING o ON true WHEN MATCHED THEN DO NOTHING", code, 1, "MERGE", "UPDATE"},
      {"/* x */ SELECT 1", code, 9, "SELECT", "changes no rows"},
      {"TRUNCATE t", code, 1, "TRUNCATE", "psql"},
      {"ALTER TABLE t ADD COLUMN a int", code, 1, "ALTER", "psql"},
      {"UPDATE db.s.t SET a = 1", code, 8, "db", "three parts"},
      {";;", ErrorCode::sql_syntax, 1, ";;", "no statement"},
      {"", ErrorCode::sql_syntax, 1, "", "no statement"},
      {"-- UPDATE t SET a = 1", ErrorCode::sql_syntax, 1, "-- UPDATE t SET a = 1", "no statement"},
  };
  for (const Refused& sample : samples) expect_refused(sample);
}

TEST(ParseStatement, RefusesClausesThatBatchesCannotCarry) {
  constexpr auto code = ErrorCode::sql_not_batchable;
  const Refused samples[] = {
      {"WITH RECURSIVE x AS (SELECT 1) UPDATE t SET a = 1", code, 1, "WITH", "again for every batch"},
      {"WITH x AS (SELECT id FROM t LIMIT 5) UPDATE t SET a = 1 WHERE id IN (SELECT id FROM x)", code, 1, "WITH",
       "batch"},
      {"WITH x AS (DELETE FROM o RETURNING id) UPDATE t SET a = 1 FROM x WHERE x.id = t.id", code, 1, "WITH", "writes"},
      {"WITH x AS (SELECT id FROM o FOR UPDATE) UPDATE t SET a = 1 FROM x", code, 1, "WITH", "FOR UPDATE"},
      {"UPDATE t SET a = 1 FROM o, t x WHERE o.id = x.id", code, 28, "t", "the table that is changed"},
      {"DELETE FROM t USING t x WHERE x.id > t.id", code, 21, "t", "the table that is changed"},
      {"UPDATE t SET a = 1 FROM (SELECT id FROM t) x WHERE t.id = x.id", code, 41, "t", "half done"},
      {"UPDATE t SET a = 1 FROM (SELECT id FROM o FOR UPDATE) x WHERE t.id = x.id", code, 33, "id", "FOR UPDATE"},
      {"UPDATE t SET a = 1 RETURNING *", code, 20, "RETURNING", "leave RETURNING out"},
      {"UPDATE t SET a = 1 WHERE CURRENT OF c", code, 26, "CURRENT", "cursor"},
      {"UPDATE t SET a = 1, a = 2", code, 21, "a", "set twice"},
      {"UPDATE t SET a = 1, (b, A) = (1, 2)", code, 25, "A", "set twice"},
      {"UPDATE t SET a[1] = 2", code, 14, "a", "part of column"},
      {"UPDATE t SET c.f = 2", code, 14, "c", "part of column"},
      {"UPDATE t SET a = coalesce(DEFAULT, 1)", code, 27, "DEFAULT", "default's expression"},
      {"UPDATE t SET t.b = 5", code, 14, "t", "SET b = ..."},
      {"UPDATE app.t AS x SET x.\"B\" = 5", code, 23, "x", "SET \"B\" = ..."},
      {"UPDATE app.t SET app.t.b = 5", code, 18, "app", "without the table"},
      {"UPDATE t SET (a, b) = (SELECT 1, 2)", code, 23, "(", "each column by itself"},
      {"UPDATE t SET (a) = (1)", code, 20, "(", "each column by itself"},
      {"UPDATE t SET (a, b) = ROW(o.*)", code, 23, "ROW", "each column by itself"},
  };
  for (const Refused& sample : samples) expect_refused(sample);
}

TEST(ParseStatement, RefusesExpressionsThatBatchingWouldChange) {
  constexpr auto code = ErrorCode::sql_not_batchable;
  const Refused samples[] = {
      {"UPDATE t SET a = count(*)", code, 18, "count", "aggregate"},
      {"UPDATE t SET a = 1 + pg_catalog.sum(b)", code, 22, "pg_catalog", "aggregate sum()"},
      {"UPDATE t SET a = my.total(DISTINCT b)", code, 18, "my", "aggregate total()"},
      {"UPDATE t SET a = 1 WHERE b > avg(b)", code, 30, "avg", "aggregate"},
      {"UPDATE t SET a = 1 WHERE sum(b) IN (SELECT x FROM o)", code, 26, "sum", "aggregate"},
      {"UPDATE t SET a = row_number() OVER (ORDER BY id)", code, 18, "row_number", "window function"},
      {"UPDATE t SET a = unnest(b)", code, 18, "unnest", "set of rows"},
      {"UPDATE t SET a = upper((regexp_matches(b, 'x'))[1])", code, 25, "regexp_matches", "set of rows"},
      {"UPDATE t SET a = txid_current()", code, 18, "txid_current", "session or transaction"},
      {"UPDATE t SET a = (SELECT lastval())", code, 26, "lastval", "session or transaction"},
      {"UPDATE t SET a = pg_sleep(1)", code, 18, "pg_sleep", "effects"},
      {"UPDATE t SET a = pg_advisory_xact_lock(1)", code, 18, "pg_advisory_xact_lock", "effects"},
      {"UPDATE t SET a = 1 WHERE random() < 0.1", code, 26, "random", "hashtext"},
      {"UPDATE t SET a = $1", code, 18, "$1", "parameter"},
      {"UPDATE t SET a = 1 WHERE ctid = '(0,1)'", code, 26, "ctid", "system column"},
      {"UPDATE t x SET a = x.xmin::text", code, 20, "x", "system column"},
      {"UPDATE t SET a = (SELECT b FROM o WHERE o.c = t.ctid)", code, 47, "t", "system column"},
      {"UPDATE t SET a = 1 WHERE id IN (SELECT id FROM t LIMIT 5)", code, 29, "IN", "pgfill makes the batches itself"},
      {"UPDATE t SET a = 1 WHERE id = ANY (SELECT id FROM o OFFSET 5)", code, 29, "=", "LIMIT"},
      {"UPDATE t SET a = 1 WHERE id NOT IN (SELECT id FROM t)", code, 52, "t", "the table that is updated"},
      {"UPDATE s.t SET a = (SELECT max(a) FROM o JOIN s.t x ON true)", code, 47, "s", "the table that is updated"},
      {"UPDATE \"T\" SET a = (SELECT max(a) FROM \"T\" x)", code, 40, "\"T\"", "the table that is updated"},
      {"UPDATE t SET a = (SELECT 1 UNION SELECT a FROM t)", code, 48, "t", "the table that is updated"},
      {"UPDATE t SET a = (WITH t AS (SELECT a FROM t) SELECT a FROM t)", code, 44, "t", "the table that is updated"},
      {"UPDATE t SET a = (WITH x AS (DELETE FROM o RETURNING 1) SELECT 1 FROM x)", code, 42, "o", "repeated by every"},
      {"UPDATE t SET a = (SELECT b FROM o FOR UPDATE)", code, 26, "b", "FOR UPDATE"},
  };
  for (const Refused& sample : samples) expect_refused(sample);
}

TEST(ParseStatement, PointsAtSyntaxErrorsInBytes) {
  constexpr auto code = ErrorCode::sql_syntax;
  const Refused samples[] = {
      {"UPDATE t SET", code, 13, "", "syntax error"},
      {"UPDTE t SET a = 1", code, 1, "UPDTE", "UPDTE"},
      {"UPDATE t SET ä = 'ö' x", code, 24, "x", "syntax error"},
      {"UPDATE t SET a = 'ö', b = 'unterminated", code, 28, "'", "unterminated quoted string"},
      {"UPDATE t SET a = 1 /* x", code, 20, "/", "unterminated /* comment"},
      {"UPDATE t SET a = b LIMIT 5", code, 20, "LIMIT", "syntax error"},
  };
  for (const Refused& sample : samples) expect_refused(sample);
}

TEST(ParseStatement, PointsAtTheRightLineOfALongStatement) {
  const auto result = parse_statement("UPDATE t\nSET a = 1,\r\n    b = sum(c)\nWHERE d");
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().place.line, 3);
  EXPECT_EQ(result.error().place.column, 9);
  EXPECT_EQ(result.error().place.line_text, "    b = sum(c)");
}

TEST(ParseStatement, RefusesNamesTheServerWouldCut) {
  const std::string longest(63, 'x');
  EXPECT_TRUE(parse_statement("UPDATE " + longest + " SET a = 1"));
  for (const std::string& sql :
       {"UPDATE " + longest + "y SET a = 1", "UPDATE t SET " + longest + "y = 1", "UPDATE t SET a = " + longest + "y",
        "UPDATE t AS \"" + longest + "y\" SET a = 1", "UPDATE t SET a = 1 WHERE \"" + longest + "\"\"\" = 1"}) {
    const auto result = parse_statement(sql);
    ASSERT_FALSE(result) << sql;
    EXPECT_EQ(result.error().code, ErrorCode::name_too_long) << sql << result.error().message;
  }
}

TEST(ParseStatement, RefusesTextsThatWouldCostTooMuch) {
  std::string columns = "c0";
  std::string values = "1";
  for (int i = 1; i < 3000; ++i) {
    columns += ",c" + std::to_string(i);
    values += ",1";
  }
  std::string sum = "a";
  for (int i = 0; i < 30'000; ++i) sum += "+a";
  for (const std::string& sql : {"UPDATE t SET (" + columns + ") = (" + values + ")", "UPDATE t SET a = " + sum,
                                 "UPDATE t SET a = '" + std::string(70'000, 'x') + "'"}) {
    const auto result = parse_statement(sql);
    ASSERT_FALSE(result) << sql.substr(0, 50);
    EXPECT_EQ(result.error().code, ErrorCode::spec_too_large) << result.error().message;
  }
}

TEST(ParseStatement, RefusesTextThatIsNoText) {
  using namespace std::string_literals;
  for (const std::string& sql :
       {"UPDATE t SET a = 1\0; DROP TABLE t"s, "UPDATE t SET a = '\xFF'"s, "UPDATE t\x1b SET a = 1"s}) {
    const auto result = parse_statement(sql);
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().code, ErrorCode::sql_syntax) << result.error().message;
    EXPECT_EQ(result.error().place.line_text, "");
  }
}

TEST(ParseStatement, NamesTheJobAsAskedOrAfterTableAndColumns) {
  EXPECT_EQ(parse_statement("UPDATE t SET a = 1", "my-job")->job, "my-job");
  EXPECT_EQ(parse_statement("UPDATE app.users SET account_state = 1, x = 2")->job, "users-account-state-x");
  const auto refused = parse_statement("UPDATE t SET a = 1", "My job");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::spec_bad_value);
}

TEST(LooksLikeSql, TellsStatementsFromFilesAndJobNames) {
  for (const char* text : {"UPDATE t SET a = 1", " update\tt ", "DELETE FROM t", "a b", "UPDATE\nt"}) {
    EXPECT_TRUE(looks_like_sql(text)) << text;
  }
  for (const char* text : {"", "  ", "users.yaml", "users-account-state", " x ", "my specs/users.yaml", "a b.yml"}) {
    EXPECT_FALSE(looks_like_sql(text)) << text;
  }
}

}  // namespace
}  // namespace pgfill::test
