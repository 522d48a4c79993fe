// What may stand in FROM, what it makes of the condition, and how a list of tables is taken apart.
#include "spec/joined.h"

#include <gtest/gtest.h>

#include "spec/columns_used.h"
#include "spec/condition.h"

namespace pgfill::spec {
namespace {

const ExpressionContext about_users{"", "users", "u", true};

JobSpec joined(const std::string& from, const std::string& where) {
  JobSpec spec;
  spec.table = "users";
  spec.alias = "u";
  spec.kind = Update{{{"email", "a.email"}}};
  spec.from = from;
  spec.where = where;
  return spec;
}

/// "accounts a [a], regions r [r] | a.id = u.account | <1> r.id = a.region"
std::string apart(const std::string& from, const std::string& where = "") {
  const auto join = take_apart(joined(from, where));
  if (!join) return "not understood";
  std::string text;
  for (const JoinedTable& table : join->tables)
    text += (text.empty() ? "" : ", ") + table.text + " [" + table.name + "]";
  for (const JoinTest& test : join->tests)
    text += " | " + (test.right ? "<" + std::to_string(*test.right) + "> " : std::string()) + test.text;
  return text;
}

TEST(Joined, ListsOfTablesAreTakenAsTheyAre) {
  for (const char* from :
       {"accounts", "accounts a", "s.accounts AS a, regions r", "accounts a JOIN regions r ON r.id = a.r",
        "(SELECT DISTINCT id FROM o) x", "accounts a CROSS JOIN regions", "LATERAL unnest(ARRAY[1]) n(i)",
        "(VALUES (1, 2)) v(a, b)", "ONLY accounts a"}) {
    const auto checked = check_joined(from, about_users);
    ASSERT_NE(std::get_if<std::string>(&checked), nullptr) << from;
    EXPECT_EQ(std::get<std::string>(checked), from);
  }
  EXPECT_EQ(std::get<std::string>(check_joined("accounts -- all\n  a", about_users)), "accounts\n  a");
}

TEST(Joined, WhatIsNoListOfTablesIsRefusedAtItsPlace) {
  struct Sample {
    const char* from;
    std::size_t offset;
    const char* says;
  };
  for (const Sample& sample :
       {Sample{"", 0, "syntax error"}, Sample{"o WHERE true", 0, "not a list of tables"},
        Sample{"o) OR EXISTS (SELECT FROM p", 0, "not a list of tables"}, Sample{"o; p", 1, "semicolon"},
        Sample{"o LIMIT 1", 0, "not a list of tables"}, Sample{"o, users x", 3, "half done"},
        Sample{"(SELECT id FROM users) x", 16, "half done"},
        Sample{"o, (SELECT 1 FROM p FOR UPDATE) x", 11, "FOR UPDATE"}}) {
    const auto checked = check_joined(sample.from, about_users);
    const auto* problem = parse::problem_in(checked);
    ASSERT_NE(problem, nullptr) << sample.from;
    EXPECT_NE(problem->message.find(sample.says), std::string::npos) << sample.from << ": " << problem->message;
    EXPECT_EQ(problem->offset, sample.offset) << sample.from << ": " << problem->message;
  }
}

TEST(Joined, OfARowByItselfTheConditionIsThatSomeMatchIsThere) {
  EXPECT_EQ(row_condition(joined("", "a = 1")), "a = 1");
  EXPECT_EQ(row_condition(joined("accounts a", "a.id = u.account")),
            "EXISTS (SELECT FROM accounts a\nWHERE (a.id = u.account\n)\n)");
  EXPECT_EQ(row_condition(joined("(SELECT 1) one", "")), "EXISTS (SELECT FROM (SELECT 1) one\n)");
}

/// The NULL that is asked for is another table's.
TEST(Joined, NothingIsConcludedFromColumnsThatMayBeAnothersTables) {
  const JobSpec spec = joined("accounts a", "email IS NULL AND a.id = u.account");
  EXPECT_TRUE(reads_other_rows(spec));
  EXPECT_TRUE(condition_may_tell(spec));
  EXPECT_FALSE(fills_nulls(spec));
  EXPECT_FALSE(marks_done(spec, {}));
  EXPECT_EQ(all_null_when(spec, {}), std::nullopt);
  EXPECT_TRUE(asks_done_rows(spec, {}));
  EXPECT_TRUE(columns_used(spec)->contains("account"));
}

TEST(Joined, AListIsTakenApartIntoTablesAndTests) {
  EXPECT_EQ(apart("accounts a", "a.id = u.account AND u.email IS NULL"),
            "accounts a [a] | a.id = u.account | u.email IS NULL");
  EXPECT_EQ(apart("accounts a JOIN regions r ON r.id = a.region AND r.x BETWEEN 1 AND 2"),
            "accounts a [a], regions r [r] | r.id = a.region | r.x BETWEEN 1 AND 2");
  EXPECT_EQ(apart("accounts AS a LEFT OUTER JOIN s.regions ON regions.id = left(a.r, 2), (SELECT 1, 2) AS n (x, y)",
                  "n.x = 1"),
            "accounts AS a [a], s.regions [regions], (SELECT 1, 2) AS n (x, y) [n] | <1> regions.id = left(a.r, 2) | "
            "n.x = 1");
  EXPECT_EQ(apart("a INNER JOIN b ON a.x = b.x CROSS JOIN c LEFT JOIN d ON d.x = c.x"),
            "a [a], b [b], c [c], d [d] | a.x = b.x | <3> d.x = c.x");
  EXPECT_EQ(apart("a", "a.x = u.x OR a.y = u.y AND true"), "a [a] | a.x = u.x OR a.y = u.y AND true");
  EXPECT_EQ(apart("a", "CASE WHEN a.x AND a.y THEN a.z ELSE true END AND a.q"),
            "a [a] | CASE WHEN a.x AND a.y THEN a.z ELSE true END | a.q");
}

TEST(Joined, OtherJoinsAreNotTakenApart) {
  for (const char* from :
       {"a NATURAL JOIN b", "a JOIN b USING (id)", "a RIGHT JOIN b ON true", "a FULL OUTER JOIN b ON true",
        "a LEFT JOIN b JOIN c ON true ON true", "(a JOIN b ON true)", "unnest(ARRAY[1])"}) {
    EXPECT_EQ(apart(from), "not understood") << from;
  }
}

/// "FROM | WHERE"
std::string from(const char* sql) {
  const auto spec = parse_statement(sql);
  return spec ? spec->from + " | " + spec->where : spec.error().message;
}

TEST(JoinedStatement, JoinsAreAPartOfItsOwn) {
  EXPECT_EQ(from("UPDATE t SET a = o.b FROM o WHERE o.id = t.id"), "o | o.id = t.id");
  EXPECT_EQ(from("UPDATE t SET a = (SELECT 1 FROM x) IS DISTINCT FROM t.b FROM o, LATERAL f(o.x) g"),
            "o, LATERAL f(o.x) g | ");
  EXPECT_EQ(from("DELETE FROM ONLY t x USING o JOIN p USING (id) WHERE o.id = x.id;"),
            "o JOIN p USING (id) | o.id = x.id");
  EXPECT_EQ(from("UPDATE t SET (a, b) = (o.a, o.b) FROM (SELECT FROM z WHERE q) o -- all\n WHERE true"),
            "(SELECT FROM z WHERE q) o | true");
  EXPECT_NE(canonical_form(*parse_statement("UPDATE t SET a = 1 FROM o WHERE o.id = t.id")),
            canonical_form(*parse_statement("UPDATE t SET a = 1 FROM p o WHERE o.id = t.id")));
  EXPECT_EQ(canonical_form(*parse_statement("UPDATE t SET a = 1 FROM o x WHERE x.id = t.id")),
            canonical_form(*parse_statement("UPDATE t SET a = 1 from O as X WHERE x.id = t.id")));
}

TEST(JoinedStatement, AWithThatNamesASubSelectIsWrittenWhereItIsNamed) {
  EXPECT_EQ(from("WITH x AS (SELECT 1) UPDATE t SET a = 1 WHERE b"), " | b");
  EXPECT_EQ(from("WITH x AS (SELECT id FROM o) UPDATE t SET a = 1 FROM x WHERE x.id = t.id"),
            "(SELECT id FROM o) AS x | x.id = t.id");
  EXPECT_EQ(from("WITH x (i) AS NOT MATERIALIZED (SELECT id FROM o), y AS (SELECT i FROM x z) DELETE FROM t USING y AS "
                 "q, x WHERE q.i = t.id"),
            "(SELECT i FROM (SELECT id FROM o) z (i)) AS q, (SELECT id FROM o) AS x (i) | q.i = t.id");
  EXPECT_EQ(from("WITH x AS (SELECT id FROM o) DELETE FROM t WHERE id IN (SELECT id FROM x)"),
            " | id IN (SELECT id FROM (SELECT id FROM o) AS x)");
}

}  // namespace
}  // namespace pgfill::spec
