// An SQL file becomes a job when one statement in it does work; what stands around it is named.
#include <gtest/gtest.h>

#include <fstream>
#include <string>
#include <vector>

#include "pgfill/spec.h"

namespace pgfill::test {
namespace {

using Lines = std::vector<std::string>;

TEST(Script, IsReadAsTheOneStatementInIt) {
  const auto script = parse_script("\xEF\xBB\xBF-- backfill b\nUPDATE t SET b = a WHERE b IS NULL;\n", "fill.sql");
  ASSERT_TRUE(script) << script.error().message;
  EXPECT_EQ(script->spec.job, "t-b");
  EXPECT_EQ(script->spec.where, "b IS NULL");
  EXPECT_TRUE(script->left_out.empty());
  EXPECT_EQ(parse_script("UPDATE t SET b = a", "fill.sql", "mine")->spec.job, "mine");
}

TEST(Script, NamesWhatStandsAroundTheStatement) {
  const auto script = parse_script(R"(\set ON_ERROR_STOP on
\timing
/* one; two */
SET lock_timeout = '2s'; SET LOCAL statement_timeout TO 0;
START TRANSACTION;
UPDATE t SET b = '
\set in a string;
' WHERE b IS NULL;
END;
)",
                                   "fill.sql");
  ASSERT_TRUE(script) << script.error().message;
  EXPECT_EQ(script->spec.set().front().expression, "'\n\\set in a string;\n'");
  EXPECT_EQ(script->left_out,
            (Lines{"line 1: \\set ON_ERROR_STOP on", "line 2: \\timing", "line 4: SET lock_timeout = '2s'",
                   "line 4: SET LOCAL statement_timeout TO 0", "line 5: START TRANSACTION", "line 9: END"}));
}

TEST(Script, PointsIntoTheFile) {
  const auto script = parse_script("BEGIN;\n\nUPDATE t\n   SET b = sum(a);\nCOMMIT;\n", "db/fill.sql");
  ASSERT_FALSE(script);
  EXPECT_EQ(script.error().place.file, "db/fill.sql");
  EXPECT_EQ(script.error().place.line, 4);
  EXPECT_EQ(script.error().place.column, 12);
  EXPECT_EQ(script.error().place.line_text, "   SET b = sum(a);");
}

TEST(Script, RefusesSeveralStatementsWithThePlaceOfEach) {
  const auto script = parse_script(
      "BEGIN;\nUPDATE t SET a = 1;\n  ALTER TABLE t ADD c int;\nCREATE RULE r AS ON INSERT TO t DO (SELECT 1; SELECT "
      "2);\nEND;",
      "fill.sql");
  ASSERT_FALSE(script);
  EXPECT_EQ(script.error().code, ErrorCode::sql_not_a_backfill);
  EXPECT_EQ(script.error().message, "3 statements do work: UPDATE at 2:1, ALTER at 3:3, CREATE at 4:1");
  EXPECT_NE(script.error().hint.find("one UPDATE"), std::string::npos);
  EXPECT_EQ(script.error().place.line, 3);
}

TEST(Script, RefusesWhatWouldChangeTheMeaningOfTheStatement) {
  struct Sample {
    const char* text;
    int line;
    const char* says;
  };
  const Sample samples[] = {
      {"SET search_path = app;\nUPDATE t SET a = 1;", 1, "search_path"},
      {"UPDATE t SET a = 1;\nSET ROLE app;", 2, "role"},
      {"SET SESSION AUTHORIZATION app; UPDATE t SET a = 1;", 1, "authorization"},
      {"BEGIN;\nUPDATE t SET a = 1;\nROLLBACK;", 3, "takes back"},
      {"\\c other\nUPDATE t SET a = 1;", 1, "--dbname"},
      {"UPDATE t SET a = 1;\n\\i more.sql", 2, "\\i"},
      {"-- nothing\nBEGIN; COMMIT;", 1, "no statement"},
      {"DO $$ BEGIN UPDATE t SET a = 1; END $$;", 1, "DO block"},
  };
  for (const Sample& sample : samples) {
    const auto script = parse_script(sample.text, "fill.sql");
    ASSERT_FALSE(script) << sample.text;
    EXPECT_EQ(script.error().code, ErrorCode::sql_not_a_backfill) << script.error().message;
    EXPECT_EQ(script.error().place.line, sample.line) << script.error().message;
    const std::string all = script.error().message + script.error().hint;
    EXPECT_NE(all.find(sample.says), std::string::npos) << all;
  }
}

TEST(Script, MayBeLongerThanAnArgumentOfACommand) {
  std::string comments;
  while (comments.size() < 300'000) comments += "-- a line of history; kept for those who come later\n";
  EXPECT_TRUE(parse_script(comments + "UPDATE t SET a = 1", "fill.sql"));
}

TEST(Script, IsReadFromItsFile) {
  const std::string path = testing::TempDir() + "pgfill script.sql";
  std::ofstream(path) << "BEGIN;\nUPDATE t SET a = 1;\n";
  const auto script = load_script(path);
  ASSERT_TRUE(script) << script.error().message;
  EXPECT_EQ(script->left_out, Lines{"line 1: BEGIN"});
  EXPECT_EQ(load_script(path + ".sql").error().code, ErrorCode::spec_unreadable);
}

TEST(Script, IsToldFromAStatementByItsName) {
  for (const char* text : {"fill.sql", "db/my fill.sql", "update users.sql"})
    EXPECT_FALSE(looks_like_sql(text)) << text;
  EXPECT_TRUE(looks_like_sql("UPDATE t SET a = t.sql"));
}

}  // namespace
}  // namespace pgfill::test
