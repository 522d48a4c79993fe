// No text of a spec may be more than the one expression it stands for: injections, half expressions, hidden comments.
#include <gtest/gtest.h>

#include <string>
#include <variant>

#include "parse/sql_scan.h"
#include "parse/sql_tree.h"
#include "spec/expression.h"

namespace pgfill::spec {
namespace {

parse::OrProblem<std::string> checked(std::string_view text, bool condition) {
  return check_expression(text, {"", "t", "", condition});
}

TEST(Expression, CannotEndTheBracketsItIsPutIn) {
  for (const char* text : {"a) , (b", "a), b = (c", "true) OR (true", "a) FROM o WHERE (b", "1)) ; DROP TABLE t; --",
                           "a]", "(a", "[a", "a)", "(a]", ")(", "'a')", "f(a))", "a) -- (", "a /* ( */ )"}) {
    for (const bool condition : {false, true}) {
      const auto result = checked(text, condition);
      ASSERT_NE(parse::problem_in(result), nullptr) << text;
      EXPECT_EQ(parse::problem_in(result)->code, ErrorCode::sql_syntax) << text;
    }
  }
}

TEST(Expression, IsNeverMoreThanOneExpression) {
  for (const char* text : {"",
                           " ",
                           "-- x",
                           "/* x */",
                           "a, b",
                           "a; b",
                           "a;",
                           "a b",
                           "a AS b",
                           "a = 1, b = 2",
                           "SELECT 1",
                           "VALUES (1)",
                           "TABLE o",
                           "a FROM o",
                           "a RETURNING a",
                           "a WHERE b",
                           "a WHERE b WHERE c",
                           "a ORDER BY b",
                           "a LIMIT 1",
                           "*",
                           "a UNION SELECT b",
                           "WITH x AS (SELECT 1) SELECT 1"}) {
    for (const bool condition : {false, true}) {
      const auto result = checked(text, condition);
      ASSERT_NE(parse::problem_in(result), nullptr) << text;
      EXPECT_EQ(parse::problem_in(result)->code, ErrorCode::sql_syntax) << text << parse::problem_in(result)->message;
    }
  }
}

TEST(Expression, LosesItsCommentsAndNothingElse) {
  const std::pair<const char*, const char*> samples[] = {
      {"a -- b", "a"},
      {"a --", "a"},
      {"/* x */a/**/+/* y */b", "a + b"},
      {"a -- (\n + b", "a\n + b"},
      {"  a   +\t b  ", "a + b"},
      {"a\r\n\t+ b", "a\n  + b"},
      {"'-- no comment' || '/*'", "'-- no comment' || '/*'"},
      {"$$ -- $$ || \"-- x\"", "$$ -- $$ || \"-- x\""},
      {"'a  b'", "'a  b'"},
      {"/* /* nested */ */ a", "a"},
  };
  for (const auto& [text, wanted] : samples) {
    const auto result = checked(text, false);
    ASSERT_EQ(parse::problem_in(result), nullptr) << text << parse::problem_in(result)->message;
    EXPECT_EQ(std::get<std::string>(result), wanted);
  }
}

TEST(Expression, MeansTheSameInBracketsAfterTidying) {
  for (const char* text : {"a OR b", "a -- x\n AND NOT b", "CASE WHEN a THEN 1 /* y */ ELSE 2 END", "(1, 2)",
                           "a IS NULL", "'one'\n  'two'", "a BETWEEN 1 AND 2", "x::int[] -- z", "- -1",
                           "a COLLATE \"C\"", "(SELECT max(x) FROM o -- c\n)", "a AT TIME ZONE 'UTC'"}) {
    const auto before = parse_expression(text, false);
    ASSERT_EQ(parse::problem_in(before), nullptr) << text << parse::problem_in(before)->message;
    const auto& first = std::get<Expression>(before);
    const auto after = parse_expression("(" + first.text + "\n)", false);
    ASSERT_EQ(parse::problem_in(after), nullptr) << first.text;
    EXPECT_EQ(parse::without_locations(first.tree), parse::without_locations(std::get<Expression>(after).tree)) << text;
    EXPECT_EQ(std::get<Expression>(parse_expression(first.text, false)).text, first.text) << "tidying twice";
  }
}

TEST(Expression, KeepsUnicodeEscapesAsTheyAreWritten) {
  for (const char* text : {"U&'\\0041'", "a || U&'\\0041' UESCAPE '!'", "U&\"x\" + 1", "f(U&'x', 'y')", "u&'it''s'"}) {
    const auto result = checked(text, false);
    ASSERT_EQ(parse::problem_in(result), nullptr) << text << parse::problem_in(result)->message;
    EXPECT_EQ(std::get<std::string>(result), text);
  }
  EXPECT_EQ(canonical_expression("U&'d\\0061t'", false), canonical_expression("'dat'", false));
}

TEST(Expression, CanonicalTextForgetsSpellingButNotMeaning) {
  EXPECT_EQ(parse::canonical_sql("Account_State  IS\n null -- x"), parse::canonical_sql("account_state is NULL"));
  EXPECT_EQ(parse::canonical_sql("a=b"), parse::canonical_sql("a = b"));
  EXPECT_NE(parse::canonical_sql("'A'"), parse::canonical_sql("'a'"));
  EXPECT_NE(parse::canonical_sql("\"A\""), parse::canonical_sql("\"a\""));
  EXPECT_NE(parse::canonical_sql("$$A$$"), parse::canonical_sql("$$a$$"));
  EXPECT_NE(parse::canonical_sql("'a  b'"), parse::canonical_sql("'a b'"));
  EXPECT_EQ(parse::canonical_sql("'open"), "'open");
}

TEST(Expression, AConditionMustBeOneToo) {
  EXPECT_EQ(parse::problem_in(checked("a IS NULL AND b", true)), nullptr);
  const auto cursor = checked("CURRENT OF c", true);
  ASSERT_NE(parse::problem_in(cursor), nullptr);
  EXPECT_EQ(parse::problem_in(cursor)->code, ErrorCode::sql_not_batchable);
}

}  // namespace
}  // namespace pgfill::spec
