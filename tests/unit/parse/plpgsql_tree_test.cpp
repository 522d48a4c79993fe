// What SQL stands in a PL/pgSQL body, where, and under which variables.
#include "parse/plpgsql_tree.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace pgfill::spec {
namespace {

parse::PlpgsqlBody body_of(std::string_view text) {
  auto read = parse::read_plpgsql(text);
  const parse::SqlProblem* problem = parse::problem_in(read);
  EXPECT_EQ(problem, nullptr) << (problem == nullptr ? "" : problem->message);
  return problem == nullptr ? std::get<parse::PlpgsqlBody>(std::move(read)) : parse::PlpgsqlBody{};
}

const parse::PlpgsqlPart* part(const parse::PlpgsqlBody& body, std::string_view statement) {
  const auto found = std::find_if(body.parts.begin(), body.parts.end(), [&](const parse::PlpgsqlPart& candidate) {
    return candidate.statement == statement;
  });
  return found == body.parts.end() ? nullptr : &*found;
}

TEST(PlpgsqlTree, FindsTheStatementsOfALoopWithTheirLines) {
  const parse::PlpgsqlBody body = body_of(R"(DO $do$
DECLARE r record; n int;
BEGIN
  INSERT INTO log VALUES ('begin');
  FOR r IN SELECT id FROM t WHERE b IS NULL LOOP
    UPDATE t SET b = 1
     WHERE id = r.id;
  END LOOP;
  EXECUTE 'UPDATE t SET c = 1';
END $do$)");
  ASSERT_EQ(body.parts.size(), 4U);
  EXPECT_EQ(body.parts[0].text, "INSERT INTO log VALUES ('begin')");
  EXPECT_FALSE(body.parts[0].in_loop);
  EXPECT_EQ(body.parts[0].line, 4U);
  ASSERT_NE(part(body, "fors"), nullptr);
  EXPECT_EQ(part(body, "fors")->text, "SELECT id FROM t WHERE b IS NULL");
  const auto update = std::find_if(body.parts.begin(), body.parts.end(),
                                   [](const parse::PlpgsqlPart& p) { return p.text.starts_with("UPDATE"); });
  ASSERT_NE(update, body.parts.end());
  EXPECT_TRUE(update->in_loop);
  EXPECT_EQ(update->line, 6U);
  ASSERT_NE(part(body, "dynexecute"), nullptr);
  EXPECT_EQ(part(body, "dynexecute")->text, "'UPDATE t SET c = 1'");
  EXPECT_FALSE(part(body, "dynexecute")->in_loop);
  for (const char* name : {"r", "n"}) {
    EXPECT_NE(std::find(body.variables.begin(), body.variables.end(), name), body.variables.end()) << name;
  }
}

TEST(PlpgsqlTree, ReadsProceduresAndTriggerFunctions) {
  const parse::PlpgsqlBody procedure = body_of(
      "CREATE PROCEDURE fill(most int) LANGUAGE plpgsql AS $$ BEGIN WHILE true LOOP UPDATE t SET b = most; COMMIT; END "
      "LOOP; END $$");
  ASSERT_NE(part(procedure, "execsql"), nullptr);
  EXPECT_EQ(part(procedure, "execsql")->text, "UPDATE t SET b = most");
  const parse::PlpgsqlBody trigger = body_of(
      "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN new.a := (SELECT max(a) FROM t); RETURN new; "
      "END "
      "$$");
  ASSERT_NE(part(trigger, "assign"), nullptr);
  EXPECT_EQ(part(trigger, "assign")->text, "new.a := (SELECT max(a) FROM t)");
}

TEST(PlpgsqlTree, SaysWhyABodyCannotBeRead) {
  const auto read = parse::read_plpgsql("DO $$ BEGIN LOOP END $$");
  ASSERT_NE(parse::problem_in(read), nullptr);
  EXPECT_EQ(parse::problem_in(read)->code, ErrorCode::sql_syntax);
}

}  // namespace
}  // namespace pgfill::spec
